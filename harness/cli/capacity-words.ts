import type { Capacity, RateTrial } from "../load/capacity.ts";
import type { ClosedLoop } from "../load/closed-loop.ts";
import type { Output } from "./output.ts";

const barWidth = 24;

/** One number of connections. */
export function closedLoopLine({ connections, perSecond, okRatio, times, errors }: ClosedLoop): string {
  const cells = [
    `${String(connections).padStart(5)} connections`,
    `${rate(perSecond)}/s`,
    `ok ${percent(okRatio)}`,
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
  const mark = trial.isKept ? colours.green("✓") : colours.red("✗");
  const cells = [
    `${rate(trial.perSecond)}/s`,
    `good ${percent(trial.goodRatio)}`,
    `p50 ${ms(trial.p50Ms)}`,
    `p99 ${ms(trial.p99Ms)}`,
  ];
  return `  ${mark} ${cells.join("  ")}`;
}

/** The curve: what becomes of the promise as the rate grows, and where it breaks. */
export function trialTable(found: Capacity & { readonly ceiling: number }, output: Output): readonly string[] {
  const slowestMs = Math.max(...found.trials.map(({ p99Ms = 0 }) => (Number.isFinite(p99Ms) ? p99Ms : 0)), 1);
  const curve = found.trials.map((trial) => {
    const { p99Ms = 0 } = trial;
    const length = Number.isFinite(p99Ms) ? Math.max(1, Math.round((p99Ms / slowestMs) * barWidth)) : barWidth;
    return `${trialFigures(trial, output)}  ${output.colours.dim("▇".repeat(length))}`;
  });
  return [...curve, "", verdict(found)];
}

function verdict({ trials, holds, breaks, ceiling }: Capacity & { readonly ceiling: number }): string {
  const most = `at most ${rate(ceiling).trim()}/s in a closed loop`;
  if (holds === undefined) return `The promise is kept at no rate that was tried (${most}).`;
  const doubted = trials.some(({ perSecond, doubt }) => perSecond === breaks && doubt !== undefined);
  const limits = doubted ? " (where the load generator itself was late: it may be more)" : "";
  if (breaks === undefined) return `The promise holds at ${rate(holds).trim()}/s, the highest rate tried (${most}).`;
  return `The promise holds at ${rate(holds).trim()}/s and not at ${rate(breaks).trim()}/s${limits}; ${most}.`;
}

const rate = (perSecond: number): string => Number(perSecond.toPrecision(3)).toLocaleString("en").padStart(8);
const percent = (share: number): string => `${(share * 100).toFixed(share > 0.999 && share < 1 ? 2 : 1).padStart(5)} %`;

function ms(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "       –";
  if (!Number.isFinite(value)) return "   never";
  return `${value.toFixed(value < 10 ? 1 : 0).padStart(5)} ms`;
}
