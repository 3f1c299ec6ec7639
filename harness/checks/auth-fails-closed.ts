import { z } from "zod";
import type { Check, Evidence } from "../model/check.ts";
import { grantCode, type Outcome, outcomeCode, outcomes } from "../model/history.ts";
import { type Credential, credentials } from "../model/workload.ts";
import { duration } from "../schema/fields.ts";
import { Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, commonPhase, type Finding } from "./finding.ts";
import { forbiddenCredential, type Need, needs, revocations, someLoadAfter } from "./plan-problems.ts";
import { flags, type Noted, undecided, witnesses } from "./rows.ts";
import { spotsOf } from "./spots.ts";
import { counted, spokenMs } from "./words.ts";

const granted = grantCode(true);
const okCode = outcomeCode("ok");
/** Outcomes without an answer: legal, and no evidence that anybody was turned away. */
const unanswered: readonly Outcome[] = ["failed", "unknown", "overflow"];

const accessOptions = z.strictObject({
  /** The time in which a revocation must take effect. */
  revokedWithin: duration({ atLeast: 0 }, "seconds(5)"),
});

/** How soon a revocation takes effect. */
export type AccessOptions = z.input<typeof accessOptions>;

/**
 * Nobody without a valid credential is let in, whatever is broken: expired, forged and missing ones and those of another
 * tenant never, a revoked one not later than `revokedWithin` after its revocation was acknowledged. Neither is what they
 * asked for in the final state. A timeout or an error is legal; its effect is looked for all the same.
 *
 * `inconclusive` when a kind of credential that the workload has was never answered, or none is tried.
 */
export function authFailsClosed(given: AccessOptions): Check {
  const options = optionsOf("authFailsClosed", accessOptions, given);
  if (options instanceof Misstated) return options.check;
  const { revokedWithin } = options;
  const law =
    `Nobody is let in with an expired, forged, missing or foreign credential, nor with one that was revoked more than ` +
    `${spokenMs(revokedWithin)} before, and nothing that they asked for has happened.`;
  const expected = "nobody let in, and nothing done for them";
  const said = {
    name: "authFailsClosed",
    parameters: { revokedWithin },
    guards: "safety",
    title: "access fails closed",
    law,
  } as const;
  // Only of what is revoked.
  const lateEnough: Need = (plan, name) =>
    plan.operations.some(({ credential }) => credential === "revocable")
      ? someLoadAfter(revokedWithin, "revokedWithin")(plan, name)
      : [];
  return checkOf(
    { ...said, ...needs("authFailsClosed", forbiddenCredential, revocations, lateEnough) },
    (evidence): Finding => {
      const revocations = revokedAt(evidence);
      const forbidden = forbiddenRows(evidence, revocations, revokedWithin);
      const wrong = forbidden.rows.flatMap((row) => violationOf(evidence, row, revocations));
      const done = unauthorisedEffects(evidence, new Set(forbidden.rows));
      const numbers = {
        ...Object.fromEntries(forbidden.tried.map(({ credential, answered }) => [credential, answered])),
        revoked: revocations.times.size,
        letIn: wrong.length,
        effects: done.length,
      };
      if (wrong.length + done.length > 0) {
        const all = [...wrong, ...done];
        const parts = [
          ...(wrong.length === 0 ? [] : [`${counted(wrong.length, "call")} let in that should not have been`]),
          ...(done.length === 0 ? [] : [`${counted(done.length, "forbidden effect")} in the final state`]),
        ];
        const phase = commonPhase(
          evidence,
          all.map(({ row }) => row),
        );
        return {
          verdict: "fail",
          expected,
          actual: parts.join(", "),
          ...phase,
          witness: witnesses(evidence, all),
          numbers,
        };
      }
      if (forbidden.tried.length === 0)
        return undecided(expected, "no operation tries a credential that is not valid", numbers);
      const untried = forbidden.tried.filter(({ answered }) => answered === 0);
      if (untried.length > 0) {
        const names = untried
          .map(({ credential }) => (credential === "revocable" ? "revoked" : credential))
          .join(" or ");
        return undecided(expected, `no call with a ${names} credential was answered`, numbers);
      }
      const seen = forbidden.tried.map(
        ({ credential, answered }) => `${answered} ${credential === "revocable" ? "revoked" : credential}`,
      );
      return { verdict: "pass", expected, actual: `all turned away: ${seen.join(", ")}`, numbers };
    },
  );
}

/** Keyspace and key → the row that first acknowledged its revocation. */
interface Revocations {
  readonly times: ReadonlyMap<number, number>;
  readonly spotOf: (row: number) => number;
}

function revokedAt(evidence: Evidence): Revocations {
  const { history } = evidence;
  const revokes = flags(evidence, ({ effect }) => effect === "revoke");
  const spots = spotsOf(evidence);
  const spotOf = (row: number): number => spots.of[row]!;
  const times = new Map<number, number>();
  for (let row = 0; row < history.count; row += 1) {
    if (revokes[history.operation[row]!] !== 1 || history.outcome[row] !== okCode) continue;
    const first = times.get(spotOf(row));
    if (first === undefined || history.endMs[row]! < history.endMs[first]!) times.set(spotOf(row), row);
  }
  return { times, spotOf };
}

/** Operations that must not be let in, and of each kind of credential how many had an answer. */
function forbiddenRows(evidence: Evidence, revocations: Revocations, revokedWithin: number) {
  const { history, operations } = evidence;
  const used = credentials.filter(
    (credential) => credential !== "valid" && operations.some((operation) => isTried(operation, credential)),
  );
  const answered = new Map<Credential, number>(used.map((credential) => [credential, 0]));
  const rows: number[] = [];
  for (let row = 0; row < history.count; row += 1) {
    const operation = operations[history.operation[row]!];
    if (operation === undefined || operation.effect === "revoke" || operation.credential === "valid") continue;
    if (operation.credential === "revocable") {
      const revoked = revocations.times.get(revocations.spotOf(row));
      if (revoked === undefined || !(history.wireMs[row]! > history.endMs[revoked]! + revokedWithin)) continue;
    }
    rows.push(row);
    if (unanswered.includes(outcomes[history.outcome[row]!]!)) continue;
    answered.set(operation.credential, (answered.get(operation.credential) ?? 0) + 1);
  }
  return { rows, tried: used.map((credential) => ({ credential, answered: answered.get(credential) ?? 0 })) };
}

const isTried = (operation: Evidence["operations"][number], credential: Credential): boolean =>
  operation.credential === credential && operation.effect !== "revoke";

function violationOf(evidence: Evidence, row: number, revocations: Revocations): Noted[] {
  const { history, operations } = evidence;
  if (history.granted[row] !== granted) return [];
  const { credential } = operations[history.operation[row]!]!;
  if (credential !== "revocable") {
    return [{ row, note: `was let in with a ${credential} credential`, violates: true }];
  }
  const revoked = revocations.times.get(revocations.spotOf(row))!;
  const sinceMs = history.wireMs[row]! - history.endMs[revoked]!;
  return [
    { row: revoked, note: `the revocation of key ${history.key[row]!} was acknowledged`, violates: false },
    {
      row,
      note: `was let in with key ${history.key[row]!}, ${spokenMs(sinceMs)} after it was revoked`,
      violates: true,
    },
  ];
}

/** What forbidden operations asked for and is there in the end. */
function unauthorisedEffects({ history, operations, finalState }: Evidence, forbidden: ReadonlySet<number>): Noted[] {
  if (finalState === undefined) return [];
  const there = new Set([
    ...finalState.items.filter(({ count }) => count > 0).map(({ id }) => id),
    ...finalState.registers.flatMap(({ value }) => (value === null ? [] : [value])),
    ...(finalState.jobs ?? []).map(({ id }) => id),
  ]);
  return [...forbidden]
    .filter((row) => {
      const effect = operations[history.operation[row]!]?.effect;
      return (effect === "write" || effect === "insert") && there.has(history.id[row]!);
    })
    .map((row) => ({ row, note: "had no right to it, and its effect is there in the end", violates: true }));
}
