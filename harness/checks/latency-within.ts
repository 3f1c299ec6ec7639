import { z } from "zod";
import type { Check, Evidence } from "../model/check.ts";
import { type LoadPhase, outcomeCode, phaseCode } from "../model/history.ts";
import { Histogram } from "../model/measure/histogram.ts";
import { percentileFloors } from "../model/measure/summary.ts";
import type { Measure, Verdict } from "../model/verdict.ts";
import { duration, number, operationNames, phaseNames } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, type Finding } from "./finding.ts";
import { quantileRange } from "./quantile.ts";
import { flags, type Noted, undecided, unknownNames, witnesses } from "./rows.ts";
import { counted, spokenMs } from "./words.ts";

const quantiles = { p50: 0.5, p95: 0.95, p99: 0.99, p999: 0.999 } as const;
type Quantile = keyof typeof quantiles;

const bound = () => duration({ above: 0 }, "milliseconds(200)").optional();
const latencyOptions = z
  .strictObject({
    p50: bound(),
    p95: bound(),
    p99: bound(),
    p999: bound(),
    /** Names of the operations that count; all when absent. */
    operations: operationNames().optional(),
    /** The parts of the load that count. Default: `faults` and `recovery`. */
    phases: phaseNames().optional(),
    /** Each quantile is also at most so many times that of the run's own steady phase. */
    ofSteady: number({ atLeast: 1, atMost: 1e6, unit: ", as 2" }).optional(),
  })
  .refine((options) => (Object.keys(quantiles) as Quantile[]).some((name) => options[name] !== undefined), {
    path: ["p99"],
    params: { message: "is missing, and so are all other quantiles", remedy: "Give one, as p99: milliseconds(200)." },
  });

/** How fast, and in what. At least one quantile. */
export type LatencyOptions = z.input<typeof latencyOptions>;

const okCode = outcomeCode("ok");

/**
 * Response times (end − intended) stay within a budget, over *all* operations: one that was not ok took for ever, so that
 * a fast error improves nothing. A budget is judged by what the run proves: by the interval of the quantile (order
 * statistics, 95 % to each side), and never under the sample floor: a p99 of 80 samples is an anecdote.
 *
 * Windows in which the load generator itself was late cannot support a `fail`: what fails only with them is undecided.
 */
export function latencyWithin(given: LatencyOptions): Check {
  const options = optionsOf("latencyWithin", latencyOptions, given);
  if (options instanceof Misstated) return options.check;
  const { operations, phases = ["faults", "recovery"], ofSteady } = options;
  const stated = (Object.keys(quantiles) as Quantile[]).filter((name) => options[name] !== undefined);
  const budgets = stated.map((name) => `${name} ${spokenMs(options[name]!)}`).join(", ");
  const of = operations === undefined ? "" : ` of ${operations.join(" and ")}`;
  const steadily = ofSteady === undefined ? "" : `, and at most ${ofSteady} times the steady phase's`;
  const law = `Response times${of} in the phases ${phases.join(" and ")} stay within ${budgets}${steadily}; what is not ok took for ever.`;
  const expected = `${budgets}${steadily}`;
  const title = `latency within ${budgets}${of}`;
  const said = { name: "latencyWithin", parameters: jsonOf(options), guards: "budget", title, law } as const;
  return checkOf(said, (evidence): Finding => {
    const unknown = unknownNames(evidence, operations);
    if (unknown !== undefined) return undecided(expected, unknown);
    const [all, clean] = timesIn(evidence, phases, operations);
    const [steady] = timesIn(evidence, ["steady"], operations);
    const budget = (name: Quantile): number =>
      Math.min(options[name]!, ofSteady === undefined ? Infinity : ofSteady * steady.percentile(quantiles[name]));
    const judged = stated.map((name) => ({ name, ...judge(name, all, clean, budget(name)) }));
    if (ofSteady !== undefined && steady.count < percentileFloors[stated[0]!]) {
      return undecided(expected, `the steady phase has only ${counted(steady.count, "sample")}`);
    }
    const worst = judged.find(({ verdict }) => verdict === "fail") ?? judged.find(({ verdict }) => verdict !== "pass");
    const shown = worst ?? judged[0]!;
    const numbers = {
      samples: all.count,
      ofTaintedWindows: all.count - clean.count,
      ...Object.fromEntries(
        judged.flatMap(({ name, valueMs, limitMs }) => [
          [`${name}Ms`, finite(valueMs)],
          [`${name}LimitMs`, finite(limitMs)],
        ]),
      ),
    };
    const measure: Measure = { value: finite(shown.valueMs), limit: shown.limitMs, better: "lower", unit: "ms" };
    const actual = judged.map((one) => `${one.name} ${spoken(one.valueMs)}${one.why}`).join(", ");
    const witness = shown.verdict === "fail" ? slowest(evidence, phases, operations, shown.limitMs) : [];
    const isMeasured = all.count >= percentileFloors[shown.name];
    return { verdict: shown.verdict, expected, actual, witness, numbers, ...(isMeasured ? { measure } : {}) };
  });
}

/** All times, and those outside of the windows in which the generator was late. */
function timesIn(evidence: Evidence, phases: readonly LoadPhase[], names: readonly string[] | undefined) {
  const [all, clean] = [new Histogram(), new Histogram()];
  for (const { row, tookMs } of rowsIn(evidence, phases, names)) {
    all.record(tookMs);
    if (!isTainted(evidence, evidence.history.intendedMs[row]!)) clean.record(tookMs);
  }
  return [all, clean] as const;
}

function* rowsIn(
  { history, ...evidence }: Evidence,
  phases: readonly LoadPhase[],
  names: readonly string[] | undefined,
) {
  const isMeant = flags({ history, ...evidence }, ({ name }) => names?.includes(name) ?? true);
  const codes = new Set(phases.map(phaseCode));
  for (let row = 0; row < history.count; row += 1) {
    if (isMeant[history.operation[row]!] !== 1 || !codes.has(history.phase[row]!)) continue;
    const tookMs = history.endMs[row]! - history.intendedMs[row]!;
    yield { row, tookMs: history.outcome[row] === okCode ? tookMs : Number.POSITIVE_INFINITY };
  }
}

function isTainted({ generator }: Evidence, atMs: number): boolean {
  return generator.tainted.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);
}

interface Judged {
  readonly verdict: Verdict;
  readonly valueMs: number;
  readonly limitMs: number;
  /** Why it is not decided, after the value. */
  readonly why: string;
}

function judge(name: Quantile, all: Histogram, clean: Histogram, limitMs: number): Judged {
  const [q, floor] = [quantiles[name], percentileFloors[name]];
  const valueMs = all.percentile(q);
  if (all.count < floor) {
    return { verdict: "inconclusive", valueMs: Number.NaN, limitMs, why: `: ${all.count} samples, it takes ${floor}` };
  }
  const range = quantileRange(q, all.count, (share) => all.percentile(share));
  if (range.upper <= limitMs) return { verdict: "pass", valueMs, limitMs, why: "" };
  if (range.lower <= limitMs) {
    return {
      verdict: "inconclusive",
      valueMs,
      limitMs,
      why: ` (surely between ${spoken(range.lower)} and ${spoken(range.upper)})`,
    };
  }
  const cleanRange = quantileRange(q, clean.count, (share) => clean.percentile(share));
  if (clean.count >= floor && cleanRange.lower > limitMs) return { verdict: "fail", valueMs, limitMs, why: "" };
  const lag = "but the load generator itself was late (lag) in some of that time, and without it that is not proven";
  return { verdict: "inconclusive", valueMs, limitMs, why: `, ${lag}` };
}

/** The first operations that took longer than the budget. */
function slowest(
  evidence: Evidence,
  phases: readonly LoadPhase[],
  names: readonly string[] | undefined,
  limitMs: number,
) {
  const noted: (Noted & { readonly intendedMs: number })[] = [];
  for (const { row, tookMs } of rowsIn(evidence, phases, names)) {
    if (tookMs <= limitMs || isTainted(evidence, evidence.history.intendedMs[row]!)) continue;
    const note = tookMs === Infinity ? "was not ok: counts as for ever" : `took ${spokenMs(tookMs)}`;
    noted.push({ row, note, violates: true, intendedMs: evidence.history.intendedMs[row]! });
  }
  return witnesses(
    evidence,
    noted.sort((one, other) => one.intendedMs - other.intendedMs),
  );
}

const finite = (ms: number): number | null => (Number.isFinite(ms) ? ms : null);
const spoken = (ms: number): string => (Number.isNaN(ms) ? "unknown" : Number.isFinite(ms) ? spokenMs(ms) : "never");
