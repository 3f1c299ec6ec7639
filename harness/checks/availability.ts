import { z } from "zod";
import type { Check, Evidence, OperationInfo } from "../model/check.ts";
import { type LoadPhase, type Outcome, outcomeCode, outcomes, phaseCode } from "../model/history.ts";
import { samplesFor, shareRange } from "../model/measure/proportion.ts";
import { ratioFloor } from "../model/measure/series.ts";
import { isSteadyOf } from "../model/measure/steady.ts";
import { count, percent, percentBeside, plural, statedPercent } from "../model/quantities.ts";
import { type Verdict, witnessLimit } from "../model/verdict.ts";
import { flag, number, operationNames, phaseNames } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, commonPhase, detailOf, type Finding, witnessOf } from "./finding.ts";
import { enoughOperations, type Need, needs, operationsNamed } from "./plan-problems.ts";
import { canHaveBeenGood, wasHeldUp } from "./rows.ts";
import { type Counted, leastTotal, type Target, targetOf, verdictOf } from "./share-target.ts";

const overflowCode = outcomeCode("overflow");

const availabilityOptions = z.strictObject({
  /** The least share of operations that are ok, above 0 and at most 1. */
  atLeast: number({ above: 0, atMost: 1, unit: ", as 0.999" }),
  /** Names of the operations that count; all when absent. */
  operations: operationNames().optional(),
  /** The parts of the load that count. Default: `faults` and `recovery`. */
  phases: phaseNames().optional(),
  /** Also at least this share of the run's own steady availability, above 0 and at most 1. */
  ofSteady: number({ above: 0, atMost: 1, unit: ", as 0.99" }).optional(),
  /** Whether an honest refusal counts as ok. Default: it does not. */
  rejectedIsOk: flag().optional(),
});

/** How available, and in what. */
export type AvailabilityOptions = z.input<typeof availabilityOptions>;

/**
 * Availability = ok ÷ intended. A budget is judged by what the run proves, not by what it happened to show: `pass` when it
 * surely keeps the budget, `fail` when it surely breaks it, `inconclusive` in between. Sure means by the exact binomial
 * (Clopper and Pearson, 1934): a system that is exactly on its budget fails in at most 5 of 100 runs, and one that is just
 * below it passes in at most 5 of 100, for every number of operations (`npm run bench -- rates` prints the rates). No run
 * with fewer than 3 ÷ (1 − atLeast) operations can pass, as zero failures in n bound the rate at 3/n. `atLeast: 1` has no
 * budget to be estimated: one failure fails, none (in 30 or more) passes.
 *
 * `ofSteady` compares two shares, of which both are estimates: the steady phase's and the one that is judged get half of the
 * 5 of 100 each. So `ofSteady: 1` can hardly be proven; 0.99 can.
 *
 * Judged is the total of all `phases`; the finding states each of them apart. An operation that can have been ok but for the
 * load generator or the machine says nothing of the system, and a verdict stands only if it is the same either way: one
 * that found the generator full, was not ok while the machine stood still, or missed a deadline of which the generator can
 * have taken a tenth.
 */
export function availability(given: AvailabilityOptions): Check {
  const options = optionsOf("availability", availabilityOptions, given);
  if (options instanceof Misstated) return options.check;
  const { atLeast, operations, phases = ["faults", "recovery"], ofSteady, rejectedIsOk = false } = options;
  const good: readonly Outcome[] = rejectedIsOk ? ["ok", "rejected"] : ["ok"];
  const what = operations === undefined ? "all operations" : operations.join(" and ");
  const steadily =
    ofSteady === undefined ? "" : `, and at least ${statedPercent(ofSteady)} of the steady phase's share`;
  const expected = `at least ${statedPercent(atLeast)} of ${what} ${good.join(" or ")}${steadily}`;
  const least = leastTotal(atLeast, ofSteady);
  const isMeant = ({ name }: OperationInfo): boolean => operations?.includes(name) ?? true;
  const provable: Need = (_, name) =>
    ofSteady !== 1 || atLeast === 1
      ? []
      : [
          {
            code: "CANNOT_DECIDE",
            where: `${name}.ofSteady`,
            message: "is 1, and no run can prove 100 % of a share that is an estimate itself",
            remedy: "Ask for less, as 0.99.",
          },
        ];
  return checkOf(
    {
      name: "availability",
      parameters: jsonOf(options),
      guards: "budget",
      title: `availability of at least ${statedPercent(atLeast)}${operations === undefined ? "" : ` of ${what}`}`,
      law: `Of ${what} that are due in the phases ${phases.join(" and ")}, at least ${statedPercent(atLeast)} are ${good.join(" or ")}${steadily}.`,
      ...needs(
        "availability",
        operationsNamed(operations),
        enoughOperations(least, `a share of ${statedPercent(Math.max(atLeast, ofSteady ?? 0))}`, phases, isMeant),
        ...(ofSteady === undefined ? [] : [enoughOperations(ratioFloor, "a share", ["steady"], isMeant), provable]),
      ),
    },
    (evidence): Finding => {
      const unknownName = operations?.find((name) => !evidence.operations.some((operation) => operation.name === name));
      if (unknownName !== undefined) {
        return { verdict: "inconclusive", expected, actual: `the workload has no operation "${unknownName}"` };
      }
      const seen = seenIn(evidence, dueIn(evidence, phases), operations, good);
      const steady = ofSteady === undefined ? undefined : seenIn(evidence, isSteadyOf(evidence), operations, good);
      if (steady !== undefined && steady.total < ratioFloor) {
        return { verdict: "inconclusive", expected, actual: "there is no steady phase to compare with" };
      }
      const target = targetOf(atLeast, ofSteady, steady);
      const verdict = verdictOf(seen, target);
      const apart =
        phases.length < 2
          ? []
          : phases.map((phase) => [phase, seenIn(evidence, dueIn(evidence, [phase]), operations, good)] as const);
      const { total, ok } = seen;
      return {
        verdict,
        expected,
        actual:
          total === 0
            ? "no such operation was due"
            : `${spokenTotal(seen, atLeast)}${spokenApart(apart)}${doubtOf(seen, verdict, target)}`,
        ...commonPhase(evidence, seen.bad),
        witness: seen.bad.slice(0, witnessLimit).map((row) => witnessOf(evidence, row, detailOf(evidence, row))),
        numbers: {
          total,
          ok,
          ratio: total === 0 ? null : ok / total,
          ...shareRange(ok, total),
          ...Object.fromEntries(outcomes.map((name, code) => [name, seen.counts[code]!])),
          ...Object.fromEntries(
            apart.flatMap(([phase, one]) => [
              [`${phase}Total`, one.total],
              [`${phase}Ok`, one.ok],
              [`${phase}Ratio`, one.total === 0 ? null : one.ok / one.total],
            ]),
          ),
          ...(steady === undefined ? {} : { steadyShare: steady.ok / steady.total }),
        },
        ...(total === 0
          ? {}
          : { measure: { value: ok / total, limit: target.seen, better: "higher", unit: "share" } as const }),
      };
    },
  );
}

/** `99.5 % (1,990 of 2,000; between 99.14 % and 99.73 %, each bound at 95 %)`. */
function spokenTotal({ ok, total }: Seen, atLeast: number): string {
  const { lower, upper } = shareRange(ok, total);
  return `${percentBeside(ok / total, atLeast)} (${count(ok)} of ${count(total)}; between ${percent(lower, "down")} and ${percent(upper, "up")}, each bound at 95 %)`;
}

/** `; faults 98 % (980 of 1,000), recovery 100 % (1,000 of 1,000)`. */
function spokenApart(apart: readonly (readonly [LoadPhase, Seen])[]): string {
  const one = ([phase, { ok, total }]: readonly [LoadPhase, Seen]): string =>
    total === 0 ? `${phase} none` : `${phase} ${percent(ok / total)} (${count(ok)} of ${count(total)})`;
  return apart.length === 0 ? "" : `; ${apart.map(one).join(", ")}`;
}

/** Why it is not decided. */
function doubtOf(seen: Seen, verdict: Verdict, { range }: Target): string {
  if (verdict !== "inconclusive") return "";
  const { overflow, heldUp, late, total } = seen;
  const doubts = [
    ...(overflow > 0 ? [`${plural(overflow, "operation")} found the load generator full`] : []),
    ...(heldUp > 0 ? [`${plural(heldUp, "operation")} were not ok while the machine stood still`] : []),
    ...(late > 0 ? [`${plural(late, "operation")} missed the deadline while the load generator was late itself`] : []),
  ];
  if (doubts.length > 0) return `; ${doubts.join("; ")}`;
  if (range.upper === 1 && range.lower < 1)
    return "; no run can prove 100 % of the steady phase's share: ask for 99 % of it";
  const needed = range.upper === 1 ? ratioFloor : samplesFor(range.upper);
  return total < needed
    ? `; too few: it takes ${needed} operations to tell`
    : "; too near the budget for so few operations";
}

/** What became of the operations that count. */
interface Seen extends Counted {
  /** How many ended how, by outcome code. */
  readonly counts: readonly number[];
  /** The rows that were not good, in the order in which they were due. */
  readonly bad: readonly number[];
  /** Why so many are doubtful. */
  readonly overflow: number;
  readonly heldUp: number;
  readonly late: number;
}

function seenIn(
  evidence: Evidence,
  isMeant: (row: number) => boolean,
  names: readonly string[] | undefined,
  good: readonly Outcome[],
): Seen {
  const { counts, bad } = rowsOf(evidence, isMeant, names, good);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const overflow = counts[overflowCode]!;
  const doubted = bad.filter((row) => evidence.history.outcome[row] !== overflowCode && canHaveBeenGood(evidence, row));
  const heldUp = doubted.filter((row) => wasHeldUp(evidence, row)).length;
  const late = doubted.length - heldUp;
  return { total, ok: total - bad.length, counts, bad, doubtful: overflow + heldUp + late, overflow, heldUp, late };
}

function dueIn({ history }: Evidence, phases: readonly LoadPhase[]): (row: number) => boolean {
  const codes = new Set(phases.map(phaseCode));
  return (row) => codes.has(history.phase[row]!);
}

/** How many ended how, and the rows that were not good in the order in which they were due. */
function rowsOf(
  { history, operations }: Evidence,
  isMeant: (row: number) => boolean,
  names: readonly string[] | undefined,
  good: readonly Outcome[],
): { readonly counts: readonly number[]; readonly bad: readonly number[] } {
  const counts = outcomes.map(() => 0);
  const bad: number[] = [];
  for (let row = 0; row < history.count; row += 1) {
    if (!isMeant(row)) continue;
    if (names !== undefined && !names.includes(operations[history.operation[row]!]?.name ?? "")) continue;
    const outcome = history.outcome[row]!;
    counts[outcome]! += 1;
    if (!good.includes(outcomes[outcome]!)) bad.push(row);
  }
  return { counts, bad: bad.sort((left, right) => history.intendedMs[left]! - history.intendedMs[right]!) };
}
