import { z } from "zod";
import type { Check, Evidence } from "../model/check.ts";
import { operationFlags, outcomeCode } from "../model/history.ts";
import { heldUpMs } from "../model/measure/lateness.ts";
import { injectedMs, healedMs as lastHealMs } from "../model/measure/moments.ts";
import type { Duration } from "../model/units.ts";
import { duration, operationNames } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, commonPhase, detailOf, type Finding } from "./finding.ts";
import { type Need, needs, operationsNamed, someDue, undecidable } from "./plan-problems.ts";
import { flags, type Noted, undecided, unknownNames, witnesses } from "./rows.ts";
import { counted, spokenMs } from "./words.ts";

const retryOptions = z.strictObject({
  /**
   * Names of the operations that insist: each sends the same request, with the same key, until it is served, refused for
   * good, or near its deadline.
   */
  operations: operationNames(),
  /** How long one must have insisted with everything healed before its end without success counts. Default 3 s. */
  within: duration({ above: 0, atMost: 600_000 }, "seconds(3)").default(3000 as Duration),
});

/** Which operations insist. */
export type RetryOptions = z.input<typeof retryOptions>;

const [okCode, rejectedCode, wrongCode, overflowCode] = [
  outcomeCode("ok"),
  outcomeCode("rejected"),
  outcomeCode("wrong"),
  outcomeCode("overflow"),
];
/** Refusals below 500 that ask to come again (RFC 9110, 15.5; RFC 8470, 5.2; RFC 6585, 4; RFC 4918, 11.3). */
const comeAgain = [408, 409, 423, 425, 429];
/** Of these, what coming again may not change: a conflict with the version that the request names, say. */
const mayBeForGood = [409, 423];

/**
 * Who insists is served in the end, or refused for good. An operation that was under way for `within` and longer after
 * everything was healed must have ended in one of these:
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
 * An operation that ended sooner has not insisted for long enough, and is counted as given up. Time in which the machine stood
 * still does not count. A refusal whose `detail` has no status, and no `notExecuted`, decides nothing. A wrong answer is for
 * `noWrongAnswers`. It passes only with an operation that met a fault and was served or refused for good, and where one was
 * after everything was healed. It does not limit how long that may take: `recoversWithin` and `latencyWithin` do.
 */
export function retriesEnd(given: RetryOptions): Check {
  const options = optionsOf("retriesEnd", retryOptions, given);
  if (options instanceof Misstated) return options.check;
  const { operations, within } = options;
  const law = `An operation that insists for ${spokenMs(within)} with everything healed is served, or refused for good.`;
  const said = {
    name: "retriesEnd",
    parameters: jsonOf(options),
    guards: "safety",
    isDisturbable: true,
    title: `retries end: ${operations.join(", ")}`,
    law,
  } as const;
  const needed = needs(
    "retriesEnd",
    operationsNamed(operations),
    someDue(operations),
    timeToInsist(operations, within),
  );
  return checkOf({ ...said, ...needed }, (evidence): Finding => {
    const unknown = unknownNames(evidence, operations);
    if (unknown !== undefined) return undecided(expected, unknown);
    const healthyMs = evidence.schedule.length === 0 ? Number.NEGATIVE_INFINITY : lastHealMs(evidence);
    if (healthyMs === undefined) return undecided(expected, "not every fault was proven healed");
    return findingOf(evidence, retriesOf(evidence, operations, { healthyMs, withinMs: +within }));
  });
}

const expected = "each served in the end, or refused for good";

/** A deadline that leaves time to insist, and to be judged for it. */
const timeToInsist =
  (names: readonly string[], within: Duration): Need =>
  ({ operations }, check) =>
    operations
      .filter(({ name, deadlineMs }) => names.includes(name) && deadlineMs <= within)
      .flatMap(({ name, deadlineMs }) =>
        undecidable(
          check,
          `judges what insists for ${spokenMs(within)} with everything healed, and ${name} ends after ${spokenMs(deadlineMs)}`,
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
  readonly endless: Noted[];
  /** Ended without success before they had insisted for long enough. */
  gaveUp: number;
  /** Insisted for long enough, and were refused in words that do not say whether for good. */
  readonly unclear: number[];
}

interface Health {
  /** From when on everything was healed, in ms on the run's clock. */
  readonly healthyMs: number;
  readonly withinMs: number;
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

function judgeRetry(evidence: Evidence, row: number, { healthyMs, withinMs }: Health, seen: Retries): void {
  const { history } = evidence;
  const [dueMs, endMs] = [history.intendedMs[row]!, history.endMs[row]!];
  const isServed = history.outcome[row] === okCode;
  const refusal = history.outcome[row] === rejectedCode ? refusalOf(evidence, row) : "again";
  seen.total += 1;
  if (isServed || refusal === "for good") {
    if (isServed) seen.served += 1;
    else seen.refusedForGood += 1;
    // Without a fault all of them are as good as those that met one.
    if (dueMs < healthyMs || healthyMs === Number.NEGATIVE_INFINITY) seen.met += 1;
    if (endMs >= healthyMs) seen.endedAfter += 1;
    return;
  }
  const sinceMs = Math.max(dueMs, healthyMs);
  const insistedMs = endMs - sinceMs - heldUpMs(evidence.generator, sinceMs, endMs);
  if (insistedMs < withinMs) seen.gaveUp += 1;
  else if (refusal === "unclear") seen.unclear.push(row);
  else {
    const healed =
      healthyMs === Number.NEGATIVE_INFINITY ? "" : `, ${spokenMs(insistedMs)} of them with everything healed`;
    const note = `${detailOf(evidence, row)}: insisted for ${spokenMs(endMs - dueMs)}${healed}`;
    seen.endless.push({ row, note, violates: true });
  }
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

function findingOf(evidence: Evidence, seen: Retries): Finding {
  const { total, served, refusedForGood, endless, gaveUp, unclear } = seen;
  const numbers = { total, served, refusedForGood, endless: endless.length, gaveUp, unclear: unclear.length };
  const whole = counted(total, "operation");
  if (endless.length > 0) {
    endless.sort((one, other) => evidence.history.intendedMs[one.row]! - evidence.history.intendedMs[other.row]!);
    const rows = endless.map(({ row }) => row);
    return {
      verdict: "fail",
      expected,
      actual: `${endless.length} of ${whole} neither served nor refused for good: ${endless[0]!.note}`,
      ...commonPhase(evidence, rows),
      witness: witnesses(evidence, endless),
      numbers,
    };
  }
  const [first] = unclear;
  if (first !== undefined) {
    const what = `${counted(unclear.length, "refusal")} without a status, as "${detailOf(evidence, first)}"`;
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
  return { verdict: "pass", expected, actual: `${whole}: ${served} served${refused}${early}`, numbers };
}
