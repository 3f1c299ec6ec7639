import type { Capacity, RateTrial } from "../load/capacity.ts";
import type { ClosedLoop } from "../load/closed-loop.ts";
import type { JudgeFault } from "../load/watched-judges.ts";
import { count, duration, percent, rate, statedDuration, statedPercent } from "../model/quantities.ts";
import { oneLine } from "../report/text.ts";
import type { Found } from "./capacity.ts";
import type { Output } from "./output.ts";

const barWidth = 24;

/** One number of connections. */
export function closedLoopLine({ connections, perSecond, okRatio, times, errors }: ClosedLoop): string {
  const cells = [
    `${String(connections).padStart(5)} connections`,
    rate(perSecond).padStart(10),
    `ok ${share(okRatio).padStart(8)}`,
    `p50 ${ms(times.percentile(0.5))}`,
    `p99 ${ms(times.percentile(0.99))}`,
  ];
  return `${cells.join("  ")}${errors === 0 ? "" : `  ${errors} errors`}`;
}

/** One rate, and why it says nothing when it does not. */
export function trialLine(trial: RateTrial, output: Output): string {
  const doubt = trial.doubt === undefined ? "" : output.colours.yellow(`  ${trial.doubt}`);
  return `${trialFigures(trial, output)}${doubt}`;
}

function trialFigures(trial: RateTrial, { colours }: Output): string {
  const mark = trial.doubt !== undefined ? colours.yellow("?") : trial.isKept ? colours.green("✓") : colours.red("✗");
  const cells = [
    rate(trial.perSecond).padStart(10),
    `good ${share(trial.goodRatio).padStart(8)}`,
    `p50 ${ms(trial.p50Ms)}`,
    `p99 ${ms(trial.p99Ms)}`,
  ];
  return `  ${mark} ${cells.join("  ")}`;
}

/** The curve: what becomes of the promise as the rate grows, and where it breaks. */
export function trialTable(found: Found, output: Output): readonly string[] {
  const slowestMs = Math.max(...found.trials.map(({ p99Ms = 0 }) => (Number.isFinite(p99Ms) ? p99Ms : 0)), 1);
  const curve = found.trials.map((trial) => {
    const { p99Ms = 0 } = trial;
    const length = Number.isFinite(p99Ms) ? Math.max(1, Math.round((p99Ms / slowestMs) * barWidth)) : barWidth;
    return `${trialFigures(trial, output)}  ${output.colours.dim("▇".repeat(length))}${brokenOf(trial, found)}`;
  });
  return [...curve, ...(curve.length === 0 ? [] : [""]), found.sentence];
}

/** Of several workloads, whose promise it was: the share of all operations does not show that. */
const brokenOf = ({ broken = [] }: RateTrial, { promises }: Found): string =>
  promises.length < 2
    ? ""
    : broken
        .map(
          ({ workload, goodRatio, availability }) =>
            `  ${workload} ${share(goodRatio)} of ${statedPercent(availability)}`,
        )
        .join("");

/** The verdict in one sentence: the promise, the rates, and what limits them. */
export function sentenceOf(found: Omit<Found, "sentence">): string {
  const { holds, judgeFaults = [] } = found;
  if (judgeFaults.length > 0) return `The capacity is unknown. ${judgeFaults.map(faultOf).join(" ")}`;
  const promise = `The promise (${promiseOf(found)})`;
  const loop = closedLoopOf(found);
  const doubt = doubtOf(found);
  if (holds !== undefined) return `${promise} holds at ${rate(holds)}${boundOf(found)}${doubt}; ${loop}.`;
  const { trials, breaks } = found;
  if (breaks === undefined)
    return `Whether the promise (${promiseOf(found)}) holds at any rate is unknown${doubt}; ${loop}.`;
  return `${promise} was kept at no rate that was tried, from ${rate(trials[0]!.perSecond)}${doubt}; ${loop}.`;
}

function faultOf({ operation, message, times, asked }: JudgeFault): string {
  const often = `in ${count(times)} of ${count(asked)} answers`;
  return `The judge of the operation "${operation}" failed ${often}; the first time it ${oneLine(message)}. Correct it: it must return an outcome for every answer.`;
}

function boundOf({ breaks, doubted }: Capacity): string {
  if (breaks !== undefined) return ` and not at ${rate(breaks)}`;
  return doubted === undefined ? ", the highest rate that was tried" : "";
}

function doubtOf({ trials, doubted }: Capacity): string {
  const reason = trials.find(({ perSecond: at }) => at === doubted)?.doubt;
  return reason === undefined ? "" : `; at ${rate(doubted!)} it is unknown: ${reason}`;
}

function promiseOf({ promises }: Pick<Found, "promises">): string {
  const spoken = promises.map(
    ({ availability, withinMs }) => `${statedPercent(availability)} ok within ${statedDuration(withinMs)}`,
  );
  const [first = "", ...others] = new Set(spoken);
  if (others.length === 0) return first;
  return promises.map(({ workload }, index) => `${workload}: ${spoken[index]}`).join("; ");
}

/** A closed loop is no bound: an open loop may have more connections. */
function closedLoopOf({ ceiling, closedLoop, holds = 0 }: Omit<Found, "sentence">): string {
  if (ceiling === 0) return "in a closed loop no answer was ok";
  const best = closedLoop.find(({ perSecond: all, okRatio }) => all * okRatio === ceiling);
  const by = best === undefined ? "" : ` with ${best.connections} connections`;
  const reached = `a closed loop reached ${rate(ceiling)}${by}`;
  return holds > ceiling ? `${reached}, which is less: --connections allows it more` : reached;
}

/** Rounded down, so that what missed a promise never looks as if it had kept it. */
const share = (value: number): string => percent(value, "down");

const ms = (value: number | undefined): string => duration(value).padStart(8);
