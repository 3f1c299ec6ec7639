import type { Check, Evidence } from "../model/check.ts";
import { outcomeCode } from "../model/history.ts";
import {
  type Aftermath,
  aftermathOf,
  type Recovery,
  type RecoveryScene,
  recoveredShare,
  recoveryIn,
  recoveryNeeds,
  recoverySceneOf,
  recoveryWordOf,
} from "../model/measure/recovery.ts";
import { ratioFloor } from "../model/measure/series.ts";
import { count, duration, durationBeside, plural, statedDuration, statedPercent } from "../model/quantities.ts";
import type { Duration } from "../model/units.ts";
import { type Verdict, witnessLimit } from "../model/verdict.ts";
import { duration as durationField } from "../schema/fields.ts";
import { Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, detailOf, type Finding, witnessOf } from "./finding.ts";
import { afterLastHealMs, type Need, needs, undecidable } from "./plan-problems.ts";

const recoveryTime = durationField({ above: 0 }, "seconds(3)");
const okCode = outcomeCode("ok");

/**
 * Goodput is back: from `within` after the last heal until the end of the recovery phase it is at least 95 % of the
 * steady phase's. An operation is good when it is ok within what its workload promises (`slo.within`), or else within
 * max(2 × p, p + 20 ms) of its own steady latency p. Goodput is taken as good ÷ intended: the arrivals are the same open
 * loop in all phases, so the ratio is goodput per second without the noise of the arrivals. It is the recovery that the
 * report, `compare` and the history of runs show (`recoveryOf`).
 *
 * `pass`: it was back by then, and all operations after that together are certainly above. `fail`: it was not, and in a
 * stretch after that, short or long, goodput is certainly below, of all operations or of one workload. The bounds are exact
 * and corrected for the number of stretches: a system that is exactly at the threshold fails in at most 5 % of runs. Both
 * verdicts hold whatever the load generator's lateness and a machine that stood still can have changed. A fault that never
 * showed recovers trivially, and the finding says so. `inconclusive` without a proven heal or a steady phase, when the
 * recovery phase is too short, and in between.
 */
export function recoversWithin(given: Duration): Check {
  const within = optionsOf("recoversWithin", recoveryTime, given);
  if (within instanceof Misstated) return within.check;
  const law =
    `From ${statedDuration(within)} after the heal until the end of the recovery phase, goodput is at least ` +
    `${statedPercent(recoveredShare)} of that of the steady phase.`;
  const expected = `back within ${statedDuration(within)} of the heal, and it holds`;
  return checkOf(
    {
      name: "recoversWithin",
      parameters: within,
      guards: "budget",
      title: `recovers within ${statedDuration(within)}`,
      law,
      ...needs("recoversWithin", timeToRecover(within)),
    },
    (evidence): Finding => {
      const scene = recoverySceneOf(evidence);
      const recovery = typeof scene === "string" ? undefined : recoveryIn(scene);
      const why = typeof scene === "string" ? scene : tooShort(scene, within);
      if (typeof scene === "string" || why !== undefined || recovery === undefined) {
        const actual = why ?? "no operation was due after the heal";
        const remedy = why !== undefined && typeof scene !== "string" ? lengthen(scene, within) : undefined;
        return {
          verdict: "inconclusive",
          expected,
          actual,
          phase: "recovery",
          ...(remedy === undefined ? {} : { remedy }),
        };
      }
      const after = aftermathOf(scene, scene.healedMs + within);
      // A recovery that never came is beyond what the run could see.
      const measure = { value: recovery.fromHealMs, limit: +within, better: "lower", unit: "ms" } as const;
      return {
        expected,
        phase: "recovery",
        ...judged(recovery, after, within),
        numbers: numbersOf(scene, recovery, after),
        measure,
        ...(verdictOf(recovery, after, within) === "fail" ? { witness: witnessesOf(evidence, scene, within) } : {}),
      };
    },
  );
}

function tooShort({ healedMs, endMs }: RecoveryScene, within: Duration): string | undefined {
  if (endMs >= healedMs + within) return undefined;
  return `the recovery phase ended ${durationBeside(endMs - healedMs, within)} after the heal, too early to tell`;
}

/** Whole seconds, with a second to see whether it holds. */
function lengthen({ healedMs, endMs }: RecoveryScene, within: Duration): string {
  const longerMs = Math.ceil((healedMs + within - endMs) / 1000 + 1) * 1000;
  return `Make phases.recovery at least ${statedDuration(longerMs)} longer, or allow less time.`;
}

const isLate = (ms: number | null, within: Duration): boolean => ms === null || ms > within;

function verdictOf({ fromHealMs, asRecordedMs }: Recovery, after: Aftermath, within: Duration): Verdict {
  if (isLate(fromHealMs, within) && after.atBest.below !== undefined) return "fail";
  const isBack = !isLate(fromHealMs, within) && !isLate(asRecordedMs, within);
  return isBack && after.total >= ratioFloor && after.asRecorded.isProven ? "pass" : "inconclusive";
}

function judged(recovery: Recovery, after: Aftermath, within: Duration): Pick<Finding, "verdict" | "actual"> {
  const verdict = verdictOf(recovery, after, within);
  const { fromHealMs, hasLeft, relapsedMs } = recovery;
  if (verdict === "inconclusive") return { verdict, actual: whyUndecided(recovery, after, within) };
  if (verdict === "pass") {
    const back =
      fromHealMs === 0 ? "back by the heal" : `back ${durationBeside(fromHealMs ?? 0, within)} after the heal`;
    return { verdict, actual: hasLeft ? back : "it never left its steady state" };
  }
  const { below } = after.atBest;
  const whose = typeof below === "object" ? ` (operations of ${below.workload})` : "";
  const again = relapsedMs === undefined ? "" : `: it was back before, and fell again at ${duration(relapsedMs)}`;
  return { verdict, actual: `${backWhen(fromHealMs, recovery, within)}${whose}${again}` };
}

const backWhen = (ms: number | null, { watchedMs }: Recovery, within: Duration): string =>
  ms === null ? `not back ${duration(watchedMs)} after the heal` : `back only after ${durationBeside(ms, within)}`;

function whyUndecided(recovery: Recovery, { total, asRecorded, atBest }: Aftermath, within: Duration): string {
  const { fromHealMs, asRecordedMs } = recovery;
  if (isLate(fromHealMs, within)) return `${backWhen(fromHealMs, recovery, within)}, too near the limit to tell`;
  const isLateAsRecorded = isLate(asRecordedMs, within);
  const seen = isLateAsRecorded
    ? backWhen(asRecordedMs, recovery, within)
    : `${count(asRecorded.good)} of ${count(total)} were good`;
  if (isLateAsRecorded || atBest.isProven) {
    const excused = plural(atBest.good - asRecorded.good, "operation");
    return `${seen}, but the load generator was late itself, or the machine stood still, when ${excused} that were not good were under way`;
  }
  const { operations } = recoveryNeeds(1);
  if (total < operations) {
    const few = `${count(total)} of the ${count(operations)} that it takes: lengthen the recovery phase or raise the rate`;
    return `too few operations were due after that time to tell, ${few}`;
  }
  return `${seen}, which does not prove ${statedPercent(recoveredShare)} of the steady phase's goodput`;
}

function numbersOf({ parts: [whole] }: RecoveryScene, recovery: Recovery, after: Aftermath): Finding["numbers"] & {} {
  return {
    recovery: recoveryWordOf(recovery),
    recoveryMs: recovery.fromHealMs,
    watchedMs: recovery.watchedMs,
    steadyGoodRatio: whole!.steadyShare,
    afterGoodRatio: after.total === 0 ? null : after.asRecorded.good / after.total,
    badStretches: recovery.bad.length,
  };
}

/** The first operations that were due late enough to be good, and were not. */
function witnessesOf(evidence: Evidence, scene: RecoveryScene, within: Duration): Finding["witness"] & {} {
  const { history } = evidence;
  const { healedMs, endMs, goodness } = scene;
  const rows: number[] = [];
  for (let row = 0; row < history.count; row += 1) {
    const dueMs = history.intendedMs[row]!;
    if (dueMs >= healedMs + within && dueMs < endMs && !goodness.canBeGood(row)) rows.push(row);
  }
  return rows
    .sort((left, right) => history.intendedMs[left]! - history.intendedMs[right]!)
    .slice(0, witnessLimit)
    .map((row) => {
      const [dueMs, tookMs] = [history.intendedMs[row]!, history.endMs[row]! - history.intendedMs[row]!];
      const what =
        history.outcome[row] === okCode
          ? `ok, but only after ${durationBeside(tookMs, goodness.limitMs(row))} (at most ${duration(goodness.limitMs(row))})`
          : detailOf(evidence, row);
      return witnessOf(evidence, row, `${what}, ${duration(dueMs - healedMs)} after the heal`);
    });
}

/** A fault that is healed, and time enough after it to see that it stays so. */
const timeToRecover =
  (within: Duration): Need =>
  (plan, check) => {
    const { workloads, phases, schedule } = plan;
    // A scenario without a fault is a base for `explore`, which draws some.
    if (schedule.length === 0) return [];
    const perSecond = workloads.reduce((sum, one) => sum + one.perSecond, 0);
    const { afterMs } = recoveryNeeds(perSecond);
    const leftMs = afterLastHealMs(plan);
    if (leftMs >= within + afterMs) return [];
    const lacking = Math.ceil((within + afterMs - leftMs) / 1000) * 1000;
    return undecidable(
      check,
      `takes ${statedDuration(within + afterMs)} after the last heal, and the plan has ${statedDuration(leftMs)}`,
      `Make phases.recovery ${statedDuration(phases.recovery.toMs - phases.recovery.fromMs + lacking)}, or raise the rate.`,
    );
  };
