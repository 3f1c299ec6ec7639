import type { Check, OperationInfo, PlanFacts } from "../model/check.ts";
import type { ProblemCode } from "../model/error-codes/index.ts";
import type { Problem } from "../model/errors.ts";
import type { LoadPhase } from "../model/history.ts";
import { count, roundedTo, statedDuration, statedRate } from "../model/quantities.ts";
import { type Credential, type Effect, isWrite } from "../model/workload.ts";
import { didYouMean } from "../schema/did-you-mean.ts";

/** One reason why a check cannot be judged under a plan. */
export type Need = (plan: PlanFacts, check: string) => readonly Problem[];

/** What a check needs of a plan, from several needs: all that is missing at once. */
export function needs(check: string, ...all: readonly Need[]): Required<Pick<Check, "problemsIn">> {
  return { problemsIn: (plan) => all.flatMap((need) => need(plan, check)) };
}

/** That a check cannot decide any run of the plan, and what to do about it. */
export const undecidable = (where: string, message: string, remedy: string): readonly Problem[] => [
  { code: "CANNOT_DECIDE", where, message, remedy },
];

/** An audit that reads the final state. */
export const anAudit: Need = ({ hasAudit }, check) =>
  hasAudit
    ? []
    : undecidable(
        check,
        "needs the final state, and the scenario has no audit",
        "Give an `audit`, as docs/audits.md shows.",
      );

/** Operations of these names. */
export const operationsNamed =
  (names: readonly string[] | undefined): Need =>
  ({ operations }, check) =>
    unknownAmong(
      names,
      operations.map(({ name }) => name),
      { code: "UNKNOWN_OPERATION", where: `${check}.operations`, what: "an operation" },
    );

/** Workloads of these names. */
export const workloadsNamed =
  (names: readonly string[] | undefined): Need =>
  ({ workloads }, check) =>
    unknownAmong(
      names,
      workloads.map(({ name }) => name),
      { code: "UNKNOWN_WORKLOAD", where: `${check}.workloads`, what: "a workload" },
    );

/** Keyspaces of these names. */
export const keyspacesNamed =
  (names: readonly string[] | undefined): Need =>
  ({ operations }, check) =>
    unknownAmong(names, [...new Set(operations.map(({ keyspace }) => keyspace))], {
      code: "UNKNOWN_KEYSPACE",
      where: `${check}.keyspaces`,
      what: "a keyspace",
    });

function unknownAmong(
  names: readonly string[] = [],
  known: readonly string[],
  { code, where, what }: { readonly code: ProblemCode; readonly where: string; readonly what: string },
): readonly Problem[] {
  return names
    .filter((name) => !known.includes(name))
    .map((name) => ({ code, where, message: `"${name}" is not ${what} of this run`, remedy: didYouMean(name, known) }));
}

/** Some operation with one of these effects, among those of the names. */
export const effectOf =
  (effects: readonly Effect[], names?: readonly string[]): Need =>
  ({ operations }, check) => {
    const isMeant = ({ effect, name }: OperationInfo): boolean =>
      effects.includes(effect) && (names?.includes(name) ?? true);
    if (operations.some(isMeant)) return [];
    const [what, of] = [
      effects.map((effect) => `"${effect}"`).join(" or "),
      names === undefined ? "" : ` among ${names.join(", ")}`,
    ];
    return undecidable(
      check,
      `judges operations with the effect ${what}, and there are none${of}`,
      `Give an operation the effect ${what}, or leave the check out.`,
    );
  };

/** Reads, and writes of the same keyspace that could make them stale. */
export const readsOfWrites =
  (names: readonly string[] | undefined): Need =>
  (plan, check) => {
    const reads = effectOf(["read"], names)(plan, check);
    if (reads.length > 0) return reads;
    const spacesOf = (isMeant: (operation: OperationInfo) => boolean): ReadonlySet<string> =>
      new Set(plan.operations.filter(isMeant).map(({ keyspace }) => keyspace));
    const written = spacesOf(({ effect }) => isWrite(effect));
    const read = spacesOf(({ effect, name }) => effect === "read" && (names?.includes(name) ?? true));
    if ([...read].some((keyspace) => written.has(keyspace))) return [];
    const remedy = 'Give an operation of the same keyspace the effect "write", or leave the check out.';
    return undecidable(check, `judges reads of ${[...read].join(", ")}, which no operation writes`, remedy);
  };

/** Longer under faults and after than a read may be old. */
export const timeToAge =
  (withinMs: number): Need =>
  ({ phases: { faults, recovery } }, check) => {
    const lengthMs = recovery.toMs - faults.fromMs;
    if (lengthMs > withinMs) return [];
    const message = `allows reads to be ${statedDuration(withinMs)} old, and faults and recovery last ${statedDuration(lengthMs)} in all`;
    return undecidable(check, message, "Allow less, or make the phases longer.");
  };

/**
 * Load after the last planned heal, in ms. A milestone may come at any time of its phase: the latest that it can be healed is
 * the end of it.
 */
export function afterLastHealMs({ phases, schedule }: PlanFacts): number {
  const healMs = Math.max(...schedule.map(({ atMs, lastingMs }) => phases.faults.fromMs + atMs + lastingMs));
  return phases.recovery.toMs - healMs;
}

/** Some operation with a credential that must not be let in. */
export const forbiddenCredential: Need = ({ operations }, check) => {
  const allowed: readonly Credential[] = ["valid"];
  if (operations.some(({ credential }) => !allowed.includes(credential))) return [];
  const remedy = 'Give an operation a credential, as credential: "expired".';
  return undecidable(check, "judges credentials that are not valid, and no operation tries one", remedy);
};

/** So many operations in these phases. @param what they are for, as `a p99` */
export const enoughOperations =
  (
    least: number,
    what: string,
    phases: readonly LoadPhase[],
    isMeant: (operation: OperationInfo) => boolean = () => true,
  ): Need =>
  (plan, check) => {
    const due = dueIn(plan, phases, isMeant);
    if (due >= least) return [];
    const lengthMs = phases.reduce((sum, phase) => sum + plan.phases[phase].toMs - plan.phases[phase].fromMs, 0);
    const named = phases.join(" and ");
    if (lengthMs === 0)
      return undecidable(check, `judges the phase ${named}, which has no length`, `Give phases.${phases[0]} one.`);
    const rate = (least / lengthMs) * 1000;
    const longer =
      due === 0
        ? ""
        : `, or make ${named} last ${statedDuration(Math.ceil((lengthMs * least) / due / 1000) * 1000)} in all`;
    return undecidable(
      check,
      `${what} takes ${count(least)} operations, and ${count(due)} are due in ${named}`,
      `Raise their rate to ${statedRate(roundedTo(rate, 0.1, "up"))}${longer}.`,
    );
  };

/** Some operation of these names that is due once the system is warm; without names, any. */
export const someDue =
  (names?: readonly string[]): Need =>
  (plan, check) => {
    if (!plan.operations.some(({ name }) => names?.includes(name) ?? true)) return [];
    if (dueIn(plan, ["steady", "faults", "recovery"], ({ name }) => names?.includes(name) ?? true) > 0) return [];
    const which = names === undefined ? "operations" : names.join(" and ");
    return undecidable(check, `judges ${which}, and none is due after the warm-up`, "Raise their weight, or the rate.");
  };

/** Where something must be true so long after it was acknowledged: some load that comes later than that. */
export const someLoadAfter =
  (within: number, option: string): Need =>
  ({ phases }, check) => {
    const lengthMs = phases.recovery.toMs;
    if (within < lengthMs) return [];
    return undecidable(
      `${check}.${option}`,
      `is ${statedDuration(within)}, and the whole load lasts ${statedDuration(lengthMs)}: no operation comes later than that`,
      "Shorten it, or make the phases longer.",
    );
  };

/** Of credentials that are revoked: an operation that revokes them. */
export const revocations: Need = ({ operations }, check) => {
  const revoked = new Set(operations.filter(({ effect }) => effect === "revoke").map(({ keyspace }) => keyspace));
  return operations
    .filter(({ credential, keyspace }) => credential === "revocable" && !revoked.has(keyspace))
    .flatMap(({ name, keyspace }) =>
      undecidable(
        check,
        `judges ${name} after its credential was revoked, and no operation revokes any of the keyspace "${keyspace}"`,
        'Give an operation of that keyspace the effect "revoke".',
      ),
    );
};

/** How many operations are due. */
export function dueIn(
  { operations, due }: PlanFacts,
  phases: readonly LoadPhase[],
  isMeant: (operation: OperationInfo) => boolean = () => true,
): number {
  const counts = phases.flatMap((phase) => operations.map((one, index) => (isMeant(one) ? due[phase][index]! : 0)));
  return counts.reduce((sum, count) => sum + count, 0);
}
