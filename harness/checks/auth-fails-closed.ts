import { z } from "zod";
import type { Check, Evidence, FinalState } from "../model/check.ts";
import { grantCode, type Outcome, outcomeCode, outcomes } from "../model/history.ts";
import { duration, plural, statedDuration } from "../model/quantities.ts";
import { type Credential, credentials } from "../model/workload.ts";
import { duration as durationField } from "../schema/fields.ts";
import { Misstated, optionsOf } from "../schema/options.ts";
import { finalsOf } from "./final-registers.ts";
import { soundState } from "./final-state.ts";
import { checkOf, commonPhase, type Finding } from "./finding.ts";
import { forbiddenCredential, type Need, needs, revocations, someLoadAfter } from "./plan-problems.ts";
import { flags, isAbsent, isAcknowledged, isNeverExecuted, type Noted, undecided, witnesses } from "./rows.ts";
import { spotsOf } from "./spots.ts";

const granted = grantCode(true);
const untoldCode = grantCode(undefined);
const rejectedCode = outcomeCode("rejected");
/** Outcomes without an answer: legal, and no evidence that anybody was turned away. */
const unanswered: readonly Outcome[] = ["failed", "unknown", "overflow"];

const accessOptions = z.strictObject({
  /** The time in which a revocation must take effect. */
  revokedWithin: durationField({ atLeast: 0 }, "seconds(5)"),
});

/** How soon a revocation takes effect. */
export type AccessOptions = z.input<typeof accessOptions>;

/**
 * Nobody without a valid credential is let in, whatever is broken: expired, forged and missing ones and those of another
 * tenant never, a revoked one not later than `revokedWithin` after its revocation was acknowledged. Neither did what they
 * asked for happen: it is not in the final state, no read returned it, and no key is gone that only such a caller deleted. A
 * timeout or an error is legal; its effect is looked for all the same. Without an audit the answers alone are judged.
 *
 * `inconclusive` when a kind of credential that the workload has was never answered, or none is tried; when an answer does not
 * say whether its caller was let in; when the final state cannot tell what came of such a request.
 */
export function authFailsClosed(given: AccessOptions): Check {
  const options = optionsOf("authFailsClosed", accessOptions, given);
  if (options instanceof Misstated) return options.check;
  const { revokedWithin } = options;
  const law =
    `Nobody is let in with an expired, forged, missing or foreign credential, nor with one that was revoked more than ` +
    `${statedDuration(revokedWithin)} before, and nothing that they asked for has happened.`;
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
  const planned = { ...said, ...needs("authFailsClosed", forbiddenCredential, revocations, lateEnough) };
  return checkOf(planned, (evidence): Finding => {
    const revocations = revokedAt(evidence);
    const forbidden = forbiddenRows(evidence, revocations, revokedWithin);
    const wrong = forbidden.rows.flatMap((row) => violationOf(evidence, row, revocations));
    const { effects: done, unclear } = forbiddenEffects(evidence, new Set(forbidden.rows));
    const numbers = {
      ...Object.fromEntries(forbidden.tried.map(({ credential, answered }) => [credential, answered])),
      revoked: revocations.times.size,
      letIn: wrong.length,
      effects: done.length,
    };
    if (wrong.length + done.length > 0) {
      const all = [...wrong, ...done];
      const parts = [
        ...(wrong.length === 0 ? [] : [`${plural(wrong.length, "call")} let in that should not have been`]),
        ...(done.length === 0 ? [] : [`${plural(done.length, "forbidden request")} had an effect`]),
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
    if (forbidden.untold > 0) {
      const answers = plural(forbidden.untold, "answer does not say", "answers do not say");
      return undecided(expected, `${answers} whether the caller was let in: let \`judge\` return \`granted\``, numbers);
    }
    const untried = forbidden.tried.filter(({ answered }) => answered === 0);
    if (untried.length > 0) {
      const names = untried.map(({ credential }) => (credential === "revocable" ? "revoked" : credential)).join(" or ");
      return undecided(expected, `no call with a ${names} credential was answered`, numbers);
    }
    if (unclear !== undefined) return undecided(expected, unclear, numbers);
    const seen = forbidden.tried.map(
      ({ credential, answered }) => `${answered} ${credential === "revocable" ? "revoked" : credential}`,
    );
    return { verdict: "pass", expected, actual: `all turned away: ${seen.join(", ")}`, numbers };
  });
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
    if (revokes[history.operation[row]!] !== 1 || !isAcknowledged(history, row)) continue;
    const first = times.get(spotOf(row));
    if (first === undefined || history.endMs[row]! < history.endMs[first]!) times.set(spotOf(row), row);
  }
  return { times, spotOf };
}

/** Operations that must not be let in, and of each kind of credential how many had an answer. */
function forbiddenRows(evidence: Evidence, revocations: Revocations, revokedWithin: number) {
  const { history, operations } = evidence;
  const used = credentials.filter((credential) => operations.some((operation) => isTried(operation, credential)));
  const answered = new Map<Credential, number>(used.map((credential) => [credential, 0]));
  const rows: number[] = [];
  let untold = 0;
  for (let row = 0; row < history.count; row += 1) {
    const operation = operations[history.operation[row]!];
    if (operation === undefined || !isTried(operation, operation.credential)) continue;
    if (operation.credential === "revocable") {
      const revoked = revocations.times.get(revocations.spotOf(row));
      if (revoked === undefined || !(history.wireMs[row]! > history.endMs[revoked]! + revokedWithin)) continue;
    }
    rows.push(row);
    if (unanswered.includes(outcomes[history.outcome[row]!]!)) continue;
    // An honest refusal turned its caller away, whether it says so or not.
    const isClear = history.granted[row] !== untoldCode || history.outcome[row] === rejectedCode;
    if (isClear) answered.set(operation.credential, (answered.get(operation.credential) ?? 0) + 1);
    else untold += 1;
  }
  return { rows, untold, tried: used.map((credential) => ({ credential, answered: answered.get(credential) ?? 0 })) };
}

/** Who revokes their own credential may do so twice. */
const isTried = (operation: Evidence["operations"][number], credential: Credential): boolean =>
  credential !== "valid" &&
  operation.credential === credential &&
  !(operation.effect === "revoke" && credential === "revocable");

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
      note: `was let in with key ${history.key[row]!}, ${duration(sinceMs)} after it was revoked`,
      violates: true,
    },
  ];
}

/** What came of forbidden operations, and why it is not known of some. */
interface Effects {
  readonly effects: readonly Noted[];
  readonly unclear?: string;
}

/** A value that they wrote or an item that they made, in the end or in a read; a key that is gone and only they deleted. */
function forbiddenEffects(evidence: Evidence, forbidden: ReadonlySet<number>): Effects {
  const { history, operations } = evidence;
  const effectOf = (row: number) => operations[history.operation[row]!]?.effect;
  const made = [...forbidden].filter((row) => effectOf(row) === "write" || effectOf(row) === "insert");
  const deletes = [...forbidden].filter((row) => effectOf(row) === "delete" && !isNeverExecuted(history, row));
  if (made.length + deletes.length === 0) return { effects: [] };
  const state = soundState(evidence);
  const there = idsIn(typeof state === "string" ? undefined : state);
  const reads = readsOfValues(evidence);
  const effects = made.flatMap((row): Noted[] => {
    if (there.has(history.id[row]!))
      return [{ row, note: "had no right to it, and its effect is there in the end", violates: true }];
    const read = effectOf(row) === "write" ? reads.get(history.id[row]!) : undefined;
    if (read === undefined) return [];
    return [
      { row, note: "had no right to it, and its value was read", violates: true },
      { row: read, note: `returned the value of operation ${history.id[row]!}`, violates: false },
    ];
  });
  if (typeof state === "string") {
    const isAsked = evidence.finalState !== undefined || state.includes("cannot be judged") || state.includes("failed");
    return { effects, ...(isAsked ? { unclear: state } : {}) };
  }
  const gone = goneKeys(evidence, state, deletes, forbidden);
  return { ...gone, effects: [...effects, ...gone.effects] };
}

function idsIn(state: FinalState | undefined): ReadonlySet<number> {
  if (state === undefined) return new Set();
  const { items, registers, jobs = [] } = state;
  return new Set([
    ...items.map(({ id }) => id),
    ...registers.flatMap(({ value }) => (value === null ? [] : [value])),
    ...jobs.map(({ id }) => id),
  ]);
}

/** Id of a write → the row of a read that returned its value. */
function readsOfValues(evidence: Evidence): ReadonlyMap<number, number> {
  const { history } = evidence;
  const isReading = flags(evidence, ({ effect }) => effect === "read");
  const rows = new Map<number, number>();
  for (let row = 0; row < history.count; row += 1) {
    if (isReading[history.operation[row]!] !== 1 || !isAcknowledged(history, row)) continue;
    if (!Number.isNaN(history.value[row]!) && !rows.has(history.value[row]!)) rows.set(history.value[row]!, row);
  }
  return rows;
}

/**
 * Keys that were there and are not in the end, though no caller with a right to it can have deleted them. It may be a loss as well;
 * but `noLostWrites` takes the delete for its reason, so that it would be found by neither.
 */
function goneKeys(
  evidence: Evidence,
  state: FinalState,
  deletes: readonly number[],
  forbidden: ReadonlySet<number>,
): Effects {
  if (deletes.length === 0) return { effects: [] };
  const { history, operations } = evidence;
  const spots = spotsOf(evidence);
  const { bySpot } = finalsOf(evidence, spots, state);
  const [isReading, isWriting, isDeleting] = [
    flags(evidence, ({ effect }) => effect === "read"),
    flags(evidence, ({ effect }) => effect === "write"),
    flags(evidence, ({ effect }) => effect === "delete"),
  ];
  const [wasThere, mayBeDeleted] = [new Set<number>(), new Set<number>()];
  for (let row = 0; row < history.count; row += 1) {
    const [operation, spot] = [history.operation[row]!, spots.of[row]!];
    if (isDeleting[operation] === 1 && !forbidden.has(row) && !isNeverExecuted(history, row)) mayBeDeleted.add(spot);
    if (!isAcknowledged(history, row)) continue;
    const isSeen =
      !isAbsent(history, row) && !(Number.isNaN(history.value[row]!) && Number.isNaN(history.version[row]!));
    if (isWriting[operation] === 1 || (isReading[operation] === 1 && isSeen)) wasThere.add(spot);
  }
  const gone = deletes.filter((row) => {
    const spot = spots.of[row]!;
    return wasThere.has(spot) && !mayBeDeleted.has(spot) && !bySpot.has(spot);
  });
  const isListed = new Set([...bySpot.keys()].map((spot) => spots.keys[spot]!.keyspace));
  const isRead = (row: number): boolean => isListed.has(spots.keys[spots.of[row]!]!.keyspace);
  const unread = gone.find((row) => !isRead(row));
  const keyspace = unread === undefined ? undefined : operations[history.operation[unread]!]!.keyspace;
  const unclear =
    keyspace === undefined ? {} : { unclear: `the audit read no register of "${keyspace}", where a key may be gone` };
  const note = (row: number) => `had no right to it, and key ${history.key[row]!} is gone`;
  return { effects: gone.filter(isRead).map((row) => ({ row, note: note(row), violates: true })), ...unclear };
}
