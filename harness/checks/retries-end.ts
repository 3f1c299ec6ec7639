import { z } from "zod";
import type { Check, Evidence } from "../model/check.ts";
import { operationFlags, outcomeCode } from "../model/history.ts";
import { heldUpMs } from "../model/measure/lateness.ts";
import { injectedMs, healedMs as lastHealMs } from "../model/measure/moments.ts";
import { duration, durationBeside, plural, statedDuration } from "../model/quantities.ts";
import { duration as durationField, operationNames } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, commonPhase, detailOf, type Finding } from "./finding.ts";
import { type Need, needs, operationsNamed, someDue, undecidable } from "./plan-problems.ts";
import { flags, type Noted, undecided, unknownNames, witnesses } from "./rows.ts";

const retryOptions = z.strictObject({
  /**
   * Names of the operations that insist: each sends the same request, with the same key, until it is served, refused for
   * good, or near its deadline.
   */
  operations: operationNames(),
  /**
   * How soon after the last heal each must have been served or refused for good, or after it was due where that is later. By
   * default however late, and an end without success counts once one has insisted for 3 s with everything healed.
   */
  within: durationField({ above: 0, atMost: 600_000 }, "seconds(3)").optional(),
});

/** Which operations insist. */
export type RetryOptions = z.input<typeof retryOptions>;

const [okCode, rejectedCode, wrongCode, overflowCode] = [
  outcomeCode("ok"),
  outcomeCode("rejected"),
  outcomeCode("wrong"),
  outcomeCode("overflow"),
];
/** How long one must have insisted before its end without success counts, where nothing else is stated. */
const usualPatienceMs = 3000;
/** Refusals below 500 that ask to come again (RFC 9110, 15.5; RFC 8470, 5.2; RFC 6585, 4; RFC 4918, 11.3). */
const comeAgain = [408, 409, 423, 425, 429];
/** Of these, what coming again may not change: a conflict with the version that the request names, say. */
const mayBeForGood = [409, 423];

/**
 * Who insists is served in the end, or refused for good. An operation that was under way for `within` (3 s where none is
 * stated) and longer after everything was healed must have ended in one of these:
 *
 * - `ok`
 * - refused for good: `rejected` with a `detail` that begins with a status from 400 to 499 that does not ask to come again,
 *   or with `notExecuted`
 *
 * Anything else is a request that is never answered for good: 409, 429 and 503 for ever, errors, silence. 408, 409, 423,
 * 425, 429 and all from 500 on ask to come again; of these, a 409 and a 423 with `notExecuted` are for good, and the others
 * are not: a 503 that changed nothing is a 503. What this finds is the key that stays claimed by a process that died,
 * the lock that nothing releases, the breaker that never closes for one key.
 *
 * With `within` stated, what was served or refused for good later than that is a failure, too: the time counts from the last
 * heal, or from when the operation was due where that is later. It lasts until the operation ends, with everything that it does
 * after its answer, and includes the last pause between two tries: state more than both. Without `within` a success may take as
 * long as it likes.
 *
 * An operation that ended sooner without success has not insisted for long enough, and is counted as given up. Time in which
 * the machine stood still does not count. A refusal whose `detail` has no status, and no `notExecuted`, decides nothing. A wrong
 * answer is for `noWrongAnswers`. It passes only with an operation that met a fault and was served or refused for good, and
 * where one was after everything was healed.
 */
export function retriesEnd(given: RetryOptions): Check {
  const options = optionsOf("retriesEnd", retryOptions, given);
  if (options instanceof Misstated) return options.check;
  const { operations, within } = options;
  const boundMs = within === undefined ? undefined : +within;
  const said = {
    name: "retriesEnd",
    parameters: jsonOf(options),
    guards: "safety",
    isDisturbable: true,
    title: `retries end: ${operations.join(", ")}`,
    law: lawOf(boundMs),
  } as const;
  const needed = needs(
    "retriesEnd",
    operationsNamed(operations),
    someDue(operations),
    timeToInsist(operations, boundMs ?? usualPatienceMs),
  );
  return checkOf({ ...said, ...needed }, (evidence): Finding => {
    const unknown = unknownNames(evidence, operations);
    if (unknown !== undefined) return undecided(expectedBy(boundMs), unknown);
    const healthyMs = evidence.schedule.length === 0 ? Number.NEGATIVE_INFINITY : lastHealMs(evidence);
    if (healthyMs === undefined) return undecided(expectedBy(boundMs), "not every fault was proven healed");
    const health = { healthyMs, ...(boundMs === undefined ? {} : { boundMs }) };
    return findingOf(evidence, retriesOf(evidence, operations, health), boundMs);
  });
}

function lawOf(boundMs: number | undefined): string {
  return boundMs === undefined
    ? `An operation that insists for ${statedDuration(usualPatienceMs)} with everything healed is served, or refused for good.`
    : `An operation that insists is served, or refused for good, within ${statedDuration(boundMs)} of the last heal, or of when it was due where that is later.`;
}

const expectedBy = (boundMs: number | undefined): string =>
  boundMs === undefined
    ? "each served in the end, or refused for good"
    : `each served, or refused for good, ${withinWords(boundMs)}`;

const withinWords = (boundMs: number): string => `within ${statedDuration(boundMs)} with everything healed`;

/** A deadline that leaves time to insist, and to be judged for it. */
const timeToInsist =
  (names: readonly string[], withinMs: number): Need =>
  ({ operations }, check) =>
    operations
      .filter(({ name, deadlineMs }) => names.includes(name) && deadlineMs <= withinMs)
      .flatMap(({ name, deadlineMs }) =>
        undecidable(
          check,
          `judges what insists for ${statedDuration(withinMs)} with everything healed, and ${name} ends after ${statedDuration(deadlineMs)}`,
          "Give it a longer deadline, or shorten `within`.",
        ),
      );

/** What became of the operations that were under way when a fault acted, or came later. */
interface Retries {
  total: number;
  served: number;
  refusedForGood: number;
  /** Of those that were served or refused for good: began before the last heal. */
  met: number;
  /** Of the same: ended after the last heal. */
  endedAfter: number;
  /** Of the same: how long after the last heal, or after it was due, the last one ended. */
  slowestMs: number;
  /** Of the same: ended later than is allowed. */
  readonly late: Noted[];
  readonly endless: Noted[];
  /** Ended without success before they had insisted for long enough. */
  gaveUp: number;
  /** Insisted for long enough, and were refused in words that do not say whether for good. */
  readonly unclear: number[];
}

interface Health {
  /** From when on everything was healed, in ms on the run's clock. */
  readonly healthyMs: number;
  /** How soon each must have been served or refused for good, where that is stated. */
  readonly boundMs?: number;
}

function retriesOf(evidence: Evidence, names: readonly string[], health: Health): Retries {
  const { history } = evidence;
  const isMeant = flags(evidence, ({ name }) => names.includes(name));
  const fromMs = injectedMs(evidence) ?? Number.NEGATIVE_INFINITY;
  const seen: Retries = {
    total: 0,
    served: 0,
    refusedForGood: 0,
    met: 0,
    endedAfter: 0,
    slowestMs: 0,
    late: [],
    endless: [],
    gaveUp: 0,
    unclear: [],
  };
  for (let row = 0; row < history.count; row += 1) {
    const outcome = history.outcome[row]!;
    if (isMeant[history.operation[row]!] !== 1 || history.endMs[row]! < fromMs) continue;
    if (outcome === overflowCode || outcome === wrongCode) continue;
    judgeRetry(evidence, row, health, seen);
  }
  return seen;
}

function judgeRetry(evidence: Evidence, row: number, health: Health, seen: Retries): void {
  const { history } = evidence;
  const isServed = history.outcome[row] === okCode;
  const refusal = history.outcome[row] === rejectedCode ? refusalOf(evidence, row) : "again";
  const insistedMs = insistedFor(evidence, row, health);
  seen.total += 1;
  if (isServed || refusal === "for good") {
    if (isServed) seen.served += 1;
    else seen.refusedForGood += 1;
    judgeEnd(evidence, row, health, insistedMs, seen);
  } else if (insistedMs < (health.boundMs ?? usualPatienceMs)) seen.gaveUp += 1;
  else if (refusal === "unclear") seen.unclear.push(row);
  else seen.endless.push(noted(evidence, row, health, { took: "insisted for", insistedMs }));
}

/** With everything healed and the machine running, in ms; below 0 for what had ended before. */
function insistedFor({ history, generator }: Evidence, row: number, { healthyMs }: Health): number {
  const endMs = history.endMs[row]!;
  const sinceMs = Math.max(history.intendedMs[row]!, healthyMs);
  return endMs - sinceMs - heldUpMs(generator, sinceMs, endMs);
}

/** Of what was served, or refused for good. */
function judgeEnd(evidence: Evidence, row: number, health: Health, insistedMs: number, seen: Retries): void {
  const { history } = evidence;
  const { healthyMs, boundMs = Number.POSITIVE_INFINITY } = health;
  // Without a fault all of them are as good as those that met one.
  if (history.intendedMs[row]! < healthyMs || healthyMs === Number.NEGATIVE_INFINITY) seen.met += 1;
  if (history.endMs[row]! >= healthyMs) seen.endedAfter += 1;
  seen.slowestMs = Math.max(seen.slowestMs, insistedMs);
  if (insistedMs > boundMs) seen.late.push(noted(evidence, row, health, { took: "it took", insistedMs }));
}

function noted(
  evidence: Evidence,
  row: number,
  { healthyMs }: Health,
  { took, insistedMs }: { readonly took: string; readonly insistedMs: number },
): Noted {
  const { endMs, intendedMs } = evidence.history;
  const healed =
    healthyMs === Number.NEGATIVE_INFINITY ? "" : `, ${duration(insistedMs)} of them with everything healed`;
  const note = `${detailOf(evidence, row)}: ${took} ${duration(endMs[row]! - intendedMs[row]!)}${healed}`;
  return { row, note, violates: true };
}

/** Whether a refusal is the last word. */
function refusalOf(evidence: Evidence, row: number): "for good" | "again" | "unclear" {
  const { history, errors } = evidence;
  const status = Number(/^(\d{3})\b/.exec(errors[history.error[row]!] ?? "")?.[1] ?? Number.NaN);
  const asksToComeAgain = comeAgain.includes(status) || (status >= 500 && status < 600);
  const isNotExecuted = (history.flags[row]! & operationFlags.notExecuted) !== 0;
  if (isNotExecuted && (!asksToComeAgain || mayBeForGood.includes(status))) return "for good";
  if (asksToComeAgain) return "again";
  return status >= 400 && status < 500 ? "for good" : "unclear";
}

function findingOf(evidence: Evidence, seen: Retries, boundMs: number | undefined): Finding {
  const { total, served, refusedForGood, slowestMs, late, endless, gaveUp, unclear } = seen;
  const expected = expectedBy(boundMs);
  const numbers = {
    total,
    served,
    refusedForGood,
    slowestMs,
    late: late.length,
    endless: endless.length,
    gaveUp,
    unclear: unclear.length,
  };
  const whole = plural(total, "operation");
  if (endless.length + late.length > 0) return { expected, numbers, ...broken(evidence, seen, boundMs) };
  const [first] = unclear;
  if (first !== undefined) {
    const what = `${plural(unclear.length, "refusal")} without a status, as "${detailOf(evidence, first)}"`;
    return {
      ...undecided(expected, `${what}: whether for good is not known`, numbers),
      remedy: "Begin the `detail` of a refusal with its status, as `409 request-in-flight`, or give `notExecuted`.",
    };
  }
  const early = gaveUp === 0 ? "" : `, ${gaveUp} gave up before they had insisted for long enough`;
  if (seen.met === 0) return undecided(expected, `of ${whole}, none met a fault and was served${early}`, numbers);
  if (seen.endedAfter === 0) {
    return undecided(expected, `of ${whole}, none ended after everything was healed${early}`, numbers);
  }
  const refused = refusedForGood === 0 ? "" : `, ${refusedForGood} refused for good`;
  const soon =
    boundMs === undefined ? "" : `, the slowest after ${durationBeside(slowestMs, boundMs)} with everything healed`;
  return { verdict: "pass", expected, actual: `${whole}: ${served} served${refused}${soon}${early}`, numbers };
}

/** What was never served or refused for good says most, and comes first. */
function broken(evidence: Evidence, seen: Retries, boundMs: number | undefined) {
  const { intendedMs } = evidence.history;
  const all = [seen.endless, seen.late].flatMap((part) =>
    part.toSorted((one, other) => intendedMs[one.row]! - intendedMs[other.row]!),
  );
  const bound = boundMs === undefined ? "" : ` ${withinWords(boundMs)}`;
  const whole = plural(seen.total, "operation");
  return {
    verdict: "fail",
    actual: `${all.length} of ${whole} neither served nor refused for good${bound}: ${all[0]!.note}`,
    ...commonPhase(
      evidence,
      all.map(({ row }) => row),
    ),
    witness: witnesses(evidence, all),
  } as const;
}
