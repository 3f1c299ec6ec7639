import { z } from "zod";
import type { Check, Evidence, OperationInfo } from "../model/check.ts";
import { type LoadPhase, outcomeCode, phaseCode } from "../model/history.ts";
import { Histogram } from "../model/measure/histogram.ts";
import {
  errorOfEach,
  type Range,
  shareVerdict,
  type VerdictErrors,
  verdictError,
} from "../model/measure/proportion.ts";
import { isSteadyOf } from "../model/measure/steady.ts";
import { percentileFloors } from "../model/measure/summary.ts";
import { count, durationBeside, plural, statedDuration } from "../model/quantities.ts";
import type { Measure, Verdict } from "../model/verdict.ts";
import { duration as durationField, number, operationNames, phaseNames } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, type Finding } from "./finding.ts";
import { enoughOperations, type Need, needs, operationsNamed } from "./plan-problems.ts";
import { quantileRange } from "./quantile.ts";
import { flags, leastTimeOf, type Noted, undecided, unknownNames, witnesses } from "./rows.ts";

const quantiles = { p50: 0.5, p95: 0.95, p99: 0.99, p999: 0.999 } as const;
type Quantile = keyof typeof quantiles;

const bound = () => durationField({ above: 0 }, "milliseconds(200)").optional();
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
 * a fast error improves nothing. A budget is judged by what the run proves. That a quantile is within its limit means that
 * this share of the operations is, which is judged by the exact binomial as in `availability`: what is exactly on its budget
 * fails in at most 5 of 100 runs, however many quantiles are given, and what is just above it passes in at most 5 of 100.
 * No quantile is judged under its floor of samples, as a p99 of 80 samples is an anecdote: 20 for a p50, 200 for a p95, 1,000
 * for a p99, 10,000 for a p99.9. The same holds for the steady phase with `ofSteady`, whose quantile is an estimate, too.
 *
 * A `pass` rests on the times as they were measured. A `fail` rests on the least that each operation can have taken: without
 * the time that can have been the load generator's or the machine's own.
 */
export function latencyWithin(given: LatencyOptions): Check {
  const options = optionsOf("latencyWithin", latencyOptions, given);
  if (options instanceof Misstated) return options.check;
  const { operations, phases = ["faults", "recovery"], ofSteady } = options;
  const stated = (Object.keys(quantiles) as Quantile[]).filter((name) => options[name] !== undefined);
  const budgets = stated.map((name) => `${name} ${statedDuration(options[name]!)}`).join(", ");
  const of = operations === undefined ? "" : ` of ${operations.join(" and ")}`;
  const steadily = ofSteady === undefined ? "" : `, and at most ${ofSteady} times the steady phase's`;
  const law = `Response times${of} in the phases ${phases.join(" and ")} stay within ${budgets}${steadily}; what is not ok took for ever.`;
  const expected = `${budgets}${steadily}`;
  const title = `latency within ${budgets}${of}`;
  const said = { name: "latencyWithin", parameters: jsonOf(options), guards: "budget", title, law } as const;
  const isMeant = ({ name }: OperationInfo): boolean => operations?.includes(name) ?? true;
  const samplesOf = (quantile: Quantile): Need =>
    enoughOperations(percentileFloors[quantile], `a ${quantile}`, phases, isMeant);
  const steadySamplesOf = (quantile: Quantile): Need =>
    enoughOperations(percentileFloors[quantile], `a ${quantile} to compare with`, ["steady"], isMeant);
  const ofSamples = [...stated.map(samplesOf), ...(ofSteady === undefined ? [] : stated.map(steadySamplesOf))];
  return checkOf(
    { ...said, ...needs("latencyWithin", operationsNamed(operations), ...ofSamples) },
    (evidence): Finding => {
      const unknown = unknownNames(evidence, operations);
      if (unknown !== undefined) return undecided(expected, unknown);
      const limits = limitsOf(options, stated, evidence);
      const times = timesIn(evidence, phases, operations, limits);
      const judged = limits.map((limit, index) => judge(limit, times, times.within[index]!));
      const worst =
        judged.find(({ verdict }) => verdict === "fail") ?? judged.find(({ verdict }) => verdict !== "pass");
      const shown = worst ?? judged[0]!;
      const numbers = {
        samples: times.all.count,
        ofTaintedWindows: times.ofTaintedWindows,
        ...Object.fromEntries(
          judged.flatMap(({ name, valueMs, seenMs }) => [
            [`${name}Ms`, finite(valueMs)],
            [`${name}LimitMs`, finite(seenMs)],
          ]),
        ),
      };
      const measure: Measure = { value: finite(shown.valueMs), limit: shown.seenMs, better: "lower", unit: "ms" };
      const actual = `${judged.map((one) => `${one.name} ${spoken(one.valueMs, options[one.name])}${one.why}`).join(", ")}${unboundedBy(judged, times)}`;
      const witness = shown.verdict === "fail" ? slowest(evidence, phases, operations, shown.range.upper) : [];
      const isMeasured = times.all.count >= percentileFloors[shown.name];
      return { verdict: shown.verdict, expected, actual, witness, numbers, ...(isMeasured ? { measure } : {}) };
    },
  );
}

/** What a quantile may be at most, in ms. */
interface Limit {
  readonly name: Quantile;
  /** By what the steady phase showed, where it has a say. */
  readonly seenMs: number;
  /** What it surely is not below, and not above. One number without `ofSteady`. */
  readonly range: Range;
  readonly errors: Required<VerdictErrors>;
  /** Samples of the steady phase; undefined where it has no say. */
  readonly steadyCount: number | undefined;
}

/** One false `fail` is too many, so that all quantiles share its error; a `pass` takes all of them. */
function limitsOf(
  options: z.output<typeof latencyOptions>,
  stated: readonly Quantile[],
  evidence: Evidence,
): readonly Limit[] {
  const { operations, ofSteady } = options;
  const whole = { fail: errorOfEach(stated.length), pass: verdictError };
  if (ofSteady === undefined) {
    return stated.map((name) => {
      const limitMs = Number(options[name]);
      return {
        name,
        seenMs: limitMs,
        range: { lower: limitMs, upper: limitMs },
        errors: whole,
        steadyCount: undefined,
      };
    });
  }
  // Half of it is for the steady phase's own quantile.
  const errors = { fail: whole.fail / 2, pass: whole.pass / 2 };
  const [measured, least] = [new Histogram(), new Histogram()];
  const isSteady = isSteadyOf(evidence);
  for (const { row, tookMs } of rowsIn(evidence, ["steady"], operations)) {
    if (!isSteady(row)) continue;
    measured.record(tookMs);
    least.record(leastTimeOf(evidence, row));
  }
  const { count } = measured;
  return stated.map((name) => {
    const q = quantiles[name];
    const most = (steadyMs: number): number => Math.min(Number(options[name]), ofSteady * steadyMs);
    const seenMs = count === 0 ? Number(options[name]) : most(measured.percentile(q));
    const isKnown = count >= percentileFloors[name];
    const lower = isKnown
      ? quantileRange(q, count, (share) => least.percentile(share), { error: errors.pass }).lower
      : Number.NEGATIVE_INFINITY;
    const { upper } = quantileRange(q, count, (share) => measured.percentile(share), { error: errors.fail });
    const range = { lower: most(lower), upper: isKnown ? most(upper) : Number(options[name]) };
    return { name, seenMs, range, errors, steadyCount: count };
  });
}

/** The times of all operations that count. */
interface Times {
  readonly all: Histogram;
  readonly ofTaintedWindows: number;
  /** How many were not ok, and count as if they took for ever. */
  readonly notOk: number;
  /** Of each limit: how many were surely within the lowest that it can be, and how many can have been within the highest. */
  readonly within: readonly Within[];
}

interface Within {
  surely: number;
  possibly: number;
  /** As measured. */
  measured: number;
}

function timesIn(
  evidence: Evidence,
  phases: readonly LoadPhase[],
  names: readonly string[] | undefined,
  limits: readonly Limit[],
): Times {
  const all = new Histogram();
  const within = limits.map(() => ({ surely: 0, possibly: 0, measured: 0 }));
  let [ofTaintedWindows, notOk] = [0, 0];
  for (const { row, tookMs } of rowsIn(evidence, phases, names)) {
    all.record(tookMs);
    if (tookMs === Number.POSITIVE_INFINITY) notOk += 1;
    if (isTainted(evidence, evidence.history.intendedMs[row]!)) ofTaintedWindows += 1;
    let leastMs = Number.NaN;
    for (const [index, { range }] of limits.entries()) {
      const counts = within[index]!;
      if (tookMs <= range.lower) counts.surely += 1;
      if (tookMs <= range.upper) counts.measured += 1;
      else if (Number.isNaN(leastMs)) leastMs = leastTimeOf(evidence, row);
      if (tookMs <= range.upper || leastMs <= range.upper) counts.possibly += 1;
    }
  }
  return { all, ofTaintedWindows, notOk, within };
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

/** Why a quantile is unbounded. */
function unboundedBy(judged: readonly Judged[], { all, notOk }: Times): string {
  if (!judged.some(({ valueMs }) => valueMs === Number.POSITIVE_INFINITY)) return "";
  return ` (${count(notOk)} of ${plural(all.count, "operation")} ${notOk === 1 ? "was" : "were"} not ok)`;
}

interface Judged extends Limit {
  readonly verdict: Verdict;
  readonly valueMs: number;
  /** Why it is not decided, after the value. */
  readonly why: string;
}

function judge(limit: Limit, { all }: Times, within: Within): Judged {
  const { name, errors, range, steadyCount } = limit;
  const [q, floor, total] = [quantiles[name], percentileFloors[name], all.count];
  if (total < floor) {
    return { ...limit, verdict: "inconclusive", valueMs: Number.NaN, why: `: ${total} samples, it takes ${floor}` };
  }
  const valueMs = all.percentile(q);
  const verdictOf = (hits: number): Verdict => shareVerdict({ hits, total }, q, errors);
  if (verdictOf(within.possibly) === "fail") return { ...limit, verdict: "fail", valueMs, why: "" };
  if (verdictOf(within.surely) === "pass") return { ...limit, verdict: "pass", valueMs, why: "" };
  const undecidedFor = (why: string): Judged => ({ ...limit, verdict: "inconclusive", valueMs, why });
  if (verdictOf(within.measured) === "fail") {
    const what = "but the load generator itself was late (lag) or the machine stood still in some of that time";
    return undecidedFor(`, ${what}, and without what that can have added it is not proven`);
  }
  if (steadyCount !== undefined && steadyCount < floor) {
    return undecidedFor(`: the steady phase has only ${plural(steadyCount, "sample")}, it takes ${floor}`);
  }
  const { lower, upper } = quantileRange(q, total, (share) => all.percentile(share));
  const to = range.lower < range.upper ? `, and the limit ${spoken(range.lower)} to ${spoken(range.upper)}` : "";
  return undecidedFor(` (between ${spoken(lower)} and ${spoken(upper)}, each bound at 95 %${to})`);
}

/** The first operations that surely took longer than the budget. */
function slowest(
  evidence: Evidence,
  phases: readonly LoadPhase[],
  names: readonly string[] | undefined,
  limitMs: number,
) {
  const noted: (Noted & { readonly intendedMs: number })[] = [];
  for (const { row, tookMs } of rowsIn(evidence, phases, names)) {
    if (tookMs <= limitMs) continue;
    const leastMs = leastTimeOf(evidence, row);
    if (leastMs <= limitMs) continue;
    const own =
      leastMs < tookMs && tookMs < Infinity ? `, at least ${durationBeside(leastMs, limitMs)} of it the system's` : "";
    const note =
      tookMs === Infinity ? "was not ok: counts as for ever" : `took ${durationBeside(tookMs, limitMs)}${own}`;
    noted.push({ row, note, violates: true, intendedMs: evidence.history.intendedMs[row]! });
  }
  return witnesses(
    evidence,
    noted.sort((one, other) => one.intendedMs - other.intendedMs),
  );
}

const finite = (ms: number): number | null => (Number.isFinite(ms) ? ms : null);
function spoken(ms: number, limitMs?: number): string {
  if (Number.isNaN(ms)) return "unknown";
  if (!Number.isFinite(ms)) return "unbounded";
  return durationBeside(ms, limitMs);
}
