import type { Check, Evidence } from "../model/check.ts";
import { outcomeCode, phaseCode } from "../model/history.ts";
import { wilson } from "../model/measure/proportion.ts";
import { type Bucket, bucketsOf, ratioFloor, widened } from "../model/measure/series.ts";
import { summarise } from "../model/measure/summary.ts";
import type { Duration } from "../model/units.ts";
import { witnessLimit } from "../model/verdict.ts";
import { duration } from "../schema/fields.ts";
import { Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, detailOf, type Finding, firstInjectionMs, witnessOf } from "./finding.ts";
import { isTainted } from "./rows.ts";
import { grouped, spokenMs, spokenShare } from "./words.ts";

const recoveryTime = duration({ above: 0 }, "seconds(3)");
const okCode = outcomeCode("ok");
const bucketMs = 100;
/** Of the steady phase's goodput. */
const share = 0.95;

/**
 * Goodput is back: from `within` after the last heal until the end of the recovery phase it is at least 95 % of the
 * steady phase's. Goodput is taken as ok ÷ intended: the arrivals are the same open loop in all phases, so the ratio
 * is goodput per second without the noise of the arrivals. A bucket of 100 ms is widened until it has 30 operations,
 * and is bad when even Wilson's upper bound (95 %) of its ratio is below; so one slow answer is not a relapse.
 *
 * `pass`: no bad bucket after `within`, and all of that time together certainly above. `fail`: a bad one, of which the
 * generator is not to blame. A fault that never showed recovers trivially, and the finding says so. `inconclusive`
 * without a proven heal or a steady phase, when the recovery phase is too short, and when only tainted windows are bad.
 */
export function recoversWithin(given: Duration): Check {
  const within = optionsOf("recoversWithin", recoveryTime, given);
  if (within instanceof Misstated) return within.check;
  const law =
    `From ${spokenMs(within)} after the heal until the end of the recovery phase, goodput is at least ` +
    `${spokenShare(share)} of that of the steady phase.`;
  const expected = `back within ${spokenMs(within)} of the heal, and it holds`;
  return checkOf(
    { name: "recoversWithin", parameters: within, guards: "budget", title: `recovers within ${spokenMs(within)}`, law },
    (evidence): Finding => {
      const scene = sceneOf(evidence, within);
      if (typeof scene === "string") return { verdict: "inconclusive", expected, actual: scene, phase: "recovery" };
      const finding = judged(evidence, scene, within);
      // A recovery that never came is beyond what the run could see.
      const value = (finding.numbers?.["recoveryMs"] ?? null) as number | null;
      return {
        expected,
        phase: "recovery",
        ...finding,
        measure: { value, limit: within, better: "lower", unit: "ms" },
      };
    },
  );
}

/** When what happened, and how it looked. */
interface Scene {
  readonly healedMs: number;
  /** A bucket whose ok ratio is certainly below this is bad. */
  readonly threshold: number;
  /** From the first injection to the heal. */
  readonly during: readonly Bucket[];
  /** From the heal to the moment at which it must be over. */
  readonly healing: readonly Bucket[];
  /** From then to the end of the recovery phase. */
  readonly after: readonly Bucket[];
  /** All of `after` together. */
  readonly whole: Bucket;
}

/** @returns why there is nothing to judge, when there is not */
function sceneOf(evidence: Evidence, within: Duration): Scene | string {
  const { history, phases, receipts, schedule } = evidence;
  const steady = summarise(history, { phase: phaseCode("steady") });
  if (steady.total < ratioFloor || steady.counts[okCode] === 0) return "there is no steady phase to compare with";
  if (schedule.length === 0) return "nothing was injected";
  const unproven = schedule.find(({ id, acts }) =>
    acts.some((on) => !receipts.some((one) => one.injection === id && one.on === on && one.healProvenMs !== undefined)),
  );
  if (unproven !== undefined) return `there is no proof that "${unproven.title}" was healed`;
  const healedMs = Math.max(...receipts.map(({ healProvenMs }) => healProvenMs ?? Number.NEGATIVE_INFINITY));
  const endMs = phases.recovery?.toMs;
  if (endMs === undefined || endMs < healedMs + within) {
    const lasted = endMs === undefined ? "never came" : `ended ${spokenMs(endMs - healedMs)} after the heal`;
    return `the recovery phase ${lasted}, too early to tell`;
  }
  const between = (fromMs: number, toMs: number): Bucket[] =>
    widened(bucketsOf(history, { fromMs, toMs, widthMs: bucketMs }));
  const [whole] = widened(bucketsOf(history, { fromMs: healedMs + within, toMs: endMs, widthMs: endMs }));
  if (whole === undefined || whole.total < ratioFloor) return "too few operations were due after that time to tell";
  return {
    healedMs,
    threshold: share * (steady.okRatio ?? 1),
    during: between(firstInjectionMs(evidence), healedMs),
    healing: between(healedMs, healedMs + within),
    after: between(healedMs + within, endMs),
    whole,
  };
}

function judged(evidence: Evidence, scene: Scene, within: Duration): Omit<Finding, "expected"> {
  const { healedMs, threshold, whole } = scene;
  const isBad = (bucket: Bucket): boolean => wilson(bucket.counts[okCode]!, bucket.total).upper < threshold;
  const impact = scene.during.filter(isBad).length;
  const late = [...scene.after, whole].filter(isBad);
  const lastBad = [...scene.healing, ...scene.after].findLast(isBad);
  // Never a bad bucket, but bad all together: it limps, and is not back either.
  const isLimping = isBad(whole) && !scene.after.some(isBad);
  const isNeverBack = isLimping || (lastBad !== undefined && lastBad === scene.after.at(-1));
  const backMs = lastBad === undefined ? 0 : lastBad.toMs - healedMs;
  const numbers = {
    recoveryMs: isNeverBack ? null : backMs,
    watchedMs: whole.toMs - healedMs,
    steadyOkRatio: threshold / share,
    afterOkRatio: whole.counts[okCode]! / whole.total,
    badBucketsDuring: impact,
    badBucketsAfter: late.length,
  };
  if (late.length > 0) {
    const blameless = late.filter((bucket) => !isTainted(evidence, bucket));
    const when = isNeverBack
      ? `not back ${spokenMs(whole.toMs - healedMs)} after the heal`
      : `back only after ${spokenMs(backMs)}`;
    if (blameless.length === 0) {
      return { verdict: "inconclusive", actual: `${when}, but the load generator itself was late there`, numbers };
    }
    return {
      verdict: "fail",
      actual: `${when}${relapse(scene, isBad)}`,
      witness: witnessesOf(evidence, within, scene),
      numbers,
    };
  }
  if (wilson(whole.counts[okCode]!, whole.total).lower < threshold) {
    const seen = `${grouped(whole.counts[okCode]!)} of ${grouped(whole.total)} were ok`;
    return { verdict: "inconclusive", actual: `${seen}, which does not prove ${spokenShare(threshold)}`, numbers };
  }
  if (impact === 0 && lastBad === undefined)
    return { verdict: "pass", actual: "it never left its steady state", numbers };
  return { verdict: "pass", actual: `back ${spokenMs(backMs)} after the heal`, numbers };
}

/** A good bucket before the last bad one: it was back, and fell again. */
function relapse({ healedMs, healing, after }: Scene, isBad: (bucket: Bucket) => boolean): string {
  const all = [...healing, ...after];
  const firstGood = all.findIndex((bucket) => !isBad(bucket));
  const fall = firstGood < 0 ? undefined : all.slice(firstGood).find(isBad);
  return fall === undefined ? "" : `: it was back before, and fell again at ${spokenMs(fall.fromMs - healedMs)}`;
}

/** The first operations that were due late enough to be ok, and were not. */
function witnessesOf(evidence: Evidence, within: Duration, { healedMs, whole }: Scene): Finding["witness"] & {} {
  const { history } = evidence;
  const rows: number[] = [];
  for (let row = 0; row < history.count; row += 1) {
    const intendedMs = history.intendedMs[row]!;
    const isDue = intendedMs >= healedMs + within && intendedMs < whole.toMs;
    if (isDue && history.outcome[row] !== okCode) rows.push(row);
  }
  return rows
    .sort((left, right) => history.intendedMs[left]! - history.intendedMs[right]!)
    .slice(0, witnessLimit)
    .map((row) => {
      const sinceMs = history.intendedMs[row]! - healedMs;
      return witnessOf(evidence, row, `${detailOf(evidence, row)}, ${spokenMs(sinceMs)} after the heal`);
    });
}
