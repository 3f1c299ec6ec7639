import { z } from "zod";
import type { CauseCode } from "../model/cause.ts";
import type { Check, Evidence } from "../model/check.ts";
import type { RunEvent } from "../model/events.ts";
import { grownSince, growthSlack, usualGrowth } from "../model/measure/growth.ts";
import { wasInjected } from "../model/measure/moments.ts";
import { count, duration, durationBeside, plural, statedDuration, statedPercent } from "../model/quantities.ts";
import type { GaugeAtRest } from "../model/rest.ts";
import type { Duration } from "../model/units.ts";
import type { CheckResult } from "../model/verdict.ts";
import { duration as durationField, number } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, type Finding } from "./finding.ts";
import { type Lasting, lasting } from "./lasting.ts";
import { inTimeWords, marksAfterHeals } from "./marks-after-heals.ts";
import { afterLastHealMs, type Need, needs, undecidable } from "./plan-problems.ts";

const restOptions = z.strictObject({
  /** How much above its steady value a gauge may be, beside 2 more of anything. Default 0.1. What was 0 then stays 0. */
  within: number({ atLeast: 0, atMost: 10, unit: ", as 0.1" }).optional(),
  /**
   * How long a mark may stay on after the last heal while there is traffic, or from when it comes on after that. A fallback
   * that works hides a dependency that is not used again. Default: marks have until the end.
   */
  marksWithin: durationField({ above: 0, atMost: 600_000 }, "seconds(3)").optional(),
});

/** How much may stay, and how long. */
export type RestOptions = z.input<typeof restOptions>;

/** As it was stored. */
type RestEvent = RunEvent & { readonly type: "rest" };

/** Why the law can't be decided. */
interface Doubt extends Pick<CheckResult, "remedy"> {
  readonly text: string;
  readonly cause: CauseCode;
}

/** What breaks the law, and what keeps it from being decided. */
interface Leftovers {
  readonly broken: readonly string[];
  readonly doubts: readonly Doubt[];
  /** Work is still being done at the bound: what is on, or not ready, may be so because of it. */
  readonly isAtWork?: boolean;
}

const expected = "no work left, no mark on, every instance ready";

/**
 * After everything was healed and the load is over, the system comes to rest: the work that is left is done, the marks of
 * the components' own metrics (a breaker is open, the pool is exhausted) are off, and every instance is ready. Work is what
 * the audit's `atRest` waits for and its `gauges` count. What still falls when the scenario's `restWithin` is over gets
 * up to twice that time more (from 10 to 60 s); what does not fall any more will stay. A mark that is on when the load
 * ends and had no five seconds of traffic to go off decides nothing, unless it is stated as `goesOffAlone`; nor does a
 * gauge that comes and goes.
 *
 * With `marksWithin` no mark stays on for longer than that after the last heal, either, while there is traffic. Marks that
 * are on in the steady phase, too, are a sign of load, and are not judged so.
 */
export function comesToRest(given: RestOptions = {}): Check {
  const options = optionsOf("comesToRest", restOptions, given);
  if (options instanceof Misstated) return options.check;
  const { within = usualGrowth, marksWithin } = options;
  const inTime =
    marksWithin === undefined ? "" : ` for more than ${statedDuration(marksWithin)} after the last heal, or to the end`;
  const said = {
    name: "comesToRest",
    parameters: jsonOf(options),
    guards: "safety",
    isDisturbable: true,
    title: "the system comes to rest",
    law: `After everything was healed no work is left that does not get less (a gauge at most ${statedPercent(within)} and ${growthSlack} above its steady value, 0 where that was 0), no mark stays on${inTime}, and every instance is ready.`,
    ...(marksWithin === undefined ? {} : needs("comesToRest", timeToGoOff(marksWithin))),
  } as const;
  return checkOf(said, (evidence): Finding => {
    const rest = evidence.events.findLast((event): event is RestEvent => event.type === "rest");
    if (rest === undefined) return undecided([unrecorded]);
    const work = workLeft(rest, within);
    const signs = signsLeft(evidence, rest);
    const late = marksWithin === undefined ? undefined : lateMarks(evidence, rest, marksWithin);
    const broken = [...work.broken, ...(work.isAtWork === true ? [] : signs.broken), ...(late?.broken ?? [])];
    const numbers = {
      tookMs: rest.tookMs,
      left: work.broken.length,
      lasting: signs.broken.length,
      ...(late === undefined ? {} : { lateMarks: late.broken.length, longestMarkMs: late.longestMs }),
    };
    const unhealed = unhealedIn(evidence);
    if (broken.length > 0 && unhealed.length === 0) {
      const phase = broken.length === late?.broken.length ? "recovery" : "quiesce";
      return { verdict: "fail", expected, actual: broken.join("; "), phase, numbers };
    }
    const excused = broken.map((text) => notProven(text, unhealed));
    const doubts = [...excused, ...work.doubts, ...signs.doubts, ...(late?.doubts ?? []), ...vacuous(rest)];
    if (work.isAtWork === true) doubts.push(...signs.broken.map(whileAtWork));
    return doubts.length > 0 ? undecided(doubts, numbers) : passed(rest, numbers, late?.words);
  });
}

/** Enough of the load after the last heal that a mark which stays on is seen. */
const timeToGoOff =
  (within: Duration): Need =>
  (plan, check) => {
    if (plan.schedule.length === 0) return [];
    const leftMs = afterLastHealMs(plan);
    if (leftMs >= Number(within) + 1000) return [];
    return undecidable(
      `${check}.marksWithin`,
      `takes ${statedDuration(Number(within) + 1000)} after the last heal, and the plan has ${statedDuration(leftMs)}`,
      "Make phases.recovery longer, or allow less.",
    );
  };

/** What stayed on for too long after the last heal. */
function lateMarks(evidence: Evidence, { marks }: RestEvent, within: Duration) {
  const found = marksAfterHeals(evidence, marks, Number(within));
  const texts = marks.read === 0 ? ["no mark was read that could go off"] : found.doubts;
  const remedy = "Give components `metrics` with marks, and lengthen the recovery phase.";
  return {
    broken: found.late,
    doubts: texts.map((text): Doubt => ({ text, cause: "undecided", remedy })),
    longestMs: found.longestMs,
    words: inTimeWords(found, marks.read, Number(within)),
  };
}

const unrecorded: Doubt = {
  text: "the run has no record of how it came to rest: it ended before that, or an earlier version stored it",
  cause: "undecided",
  remedy: "Run the scenario again, to its end.",
};

function undecided(doubts: readonly Doubt[], numbers: CheckResult["numbers"] = {}): Finding {
  const [{ cause, remedy }] = doubts as [Doubt];
  const actual = doubts.map(({ text }) => text).join("; ");
  return { verdict: "inconclusive", expected, actual, numbers, cause, ...(remedy === undefined ? {} : { remedy }) };
}

function passed(rest: RestEvent, numbers: CheckResult["numbers"], marksInTime: string | undefined): Finding {
  const { isAtRest, tookMs, marks, instances = 0 } = rest;
  const parts = [
    isAtRest === undefined
      ? "no audit looked for work that is left"
      : `at rest ${duration(tookMs)} after the load ended`,
    marksInTime ?? (marks.read === 0 ? "no marks" : `${plural(marks.read, "mark")}, none on`),
    ...(instances === 0 ? [] : [`${plural(instances, "instance")} ready`]),
  ];
  return { verdict: "pass", expected, actual: parts.join("; "), numbers };
}

/** Without an audit and without marks nothing was looked at; that instances are ready alone shows no rest. */
function vacuous({ isAtRest, auditProblem, marks }: RestEvent): readonly Doubt[] {
  if (isAtRest !== undefined || auditProblem !== undefined || marks.read > 0) return [];
  const remedy =
    "Give the scenario an `audit`, or its components `metrics` with marks: nothing else shows whether work is left.";
  return [{ text: "nothing was looked at: there is no audit, and no mark was read", cause: "auditMissing", remedy }];
}

/** What the audit says of work that is left, and whether it still gets less. */
function workLeft(rest: RestEvent, within: number): Leftovers {
  const { isAtRest, auditProblem, tookMs, limitMs } = rest;
  if (isAtRest === true) return { broken: [], doubts: [] };
  if (isAtRest === undefined) {
    const failed = { text: `the audit failed: ${auditProblem}`, cause: "auditFailed" } as const;
    return { broken: [], doubts: auditProblem === undefined ? [] : [failed] };
  }
  const left = rest.gauges.filter((gauge) => isLeft(gauge, within));
  if (left.length === 0) return { broken: [], doubts: [whyNothingShown(rest)] };
  const falling = left.filter(({ isFalling }) => isFalling);
  if (falling.length === 0) return { broken: [mostFirst(left).map(stuckWords).join(", ")], doubts: [] };
  const words = mostFirst(falling).map(({ name, now, steady = 0 }) => `${name}: ${count(now)} (steady: ${steady})`);
  const text = `still falling ${durationBeside(tookMs, limitMs)} after the load ended (limit: ${statedDuration(limitMs)}), ${words.join(", ")}`;
  const remedy = "Raise the scenario's `restWithin` if the work may take so long.";
  return { broken: [], doubts: [{ text, cause: "notAtRest", remedy }], isAtWork: true };
}

/** By its lowest value of the last seconds. What is normally nothing at all is left over when there is one of it. */
function isLeft({ name, steady, lowest }: GaugeAtRest, within: number): boolean {
  if (!Number.isFinite(steady) || !Number.isFinite(lowest)) return false;
  return (steady === 0 && lowest > 0) || grownSince({ [name]: steady! }, { [name]: lowest }, within).length > 0;
}

const mostFirst = (gauges: readonly GaugeAtRest[]): readonly GaugeAtRest[] =>
  gauges.toSorted((one, other) => share(other) - share(one) || other.now - one.now);
/** Of all that is there, how much is more than usual. */
const share = ({ now, steady = 0 }: GaugeAtRest): number => (now - steady) / Math.max(now, 1);

const stuckWords = ({ name, now, steady, unmovedMs }: GaugeAtRest): string =>
  `${name}: ${count(now)}, not falling for ${duration(unmovedMs)} (steady: ${count(steady!)})`;

/** Why an audit that sees work does not show it by its gauges. */
function whyNothingShown({ gauges, gaugesProblem }: RestEvent): Doubt {
  const [says, cause] = ["the audit says that work is under way", "notAtRest"] as const;
  if (gauges.length === 0 && gaugesProblem !== undefined) {
    const remedy = "Correct the audit's `gauges`.";
    return { text: `${says}, and its gauges could not be read: ${gaugesProblem}`, cause, remedy };
  }
  if (gauges.length === 0) {
    const remedy =
      'Count what `atRest` waits for in the audit\'s `gauges`, e.g. gauges: async () => ({ "unsent messages": await unsent() }).';
    return { text: `${says}, and has no gauge that shows whether it gets less`, cause, remedy };
  }
  const unread = gauges.filter(({ steady, lowest }) => !Number.isFinite(steady) || !Number.isFinite(lowest));
  if (unread.length === gauges.length) {
    const remedy = "Correct the audit's `gauges`: they must be numbers in the steady phase, too.";
    return { text: `${says}, and the gauges were not read when steady`, cause, remedy };
  }
  const remedy = "Count all that `atRest` waits for in the audit's `gauges`.";
  const named = gauges.map(({ name, now }) => `${name} ${count(now)}`).join(", ");
  return { text: `${says}, and no gauge is above its steady value (${named})`, cause, remedy };
}

/** Marks that stay on, and instances that do not get ready. */
function signsLeft(evidence: Evidence, { atMs, marks, notReady, instances }: RestEvent): Leftovers {
  const [broken, doubts]: [string[], Doubt[]] = [[], []];
  const add = (what: string, found: Lasting): void => {
    if (found.isProven) broken.push(`${what} for ${duration(found.forMs)}`);
    else doubts.push({ text: `${what} for ${duration(found.forMs)}, but ${found.why}`, ...undecidedSign });
  };
  for (const { instance, mark, sinceMs, goesOffAlone } of marks.on) {
    const needsTraffic = goesOffAlone !== true;
    add(`${instance}: "${mark}" has been on`, lasting(evidence, { sinceMs, atMs, needsTraffic }));
  }
  for (const { instance, health, sinceMs } of notReady) {
    const what = health === "silent" ? "has not answered" : "has not been ready";
    add(`${instance} ${what}`, lasting(evidence, { sinceMs, atMs, needsTraffic: false }));
  }
  const silent = notReady.map(({ instance }) => instance);
  for (const { instance, mark, metric } of marks.unread.filter((one) => !silent.includes(one.instance))) {
    const remedy = "Check the metric's name in the system's `metrics`, and that the instance answers at its path.";
    doubts.push({ text: `${instance}: "${mark}" was not read (${metric})`, cause: "undecided", remedy });
  }
  if (instances === undefined) {
    doubts.push({ text: "the instances could not be asked whether they are ready", ...undecidedSign });
  }
  return { broken, doubts };
}

const undecidedSign = {
  cause: "undecided",
  remedy: "Lengthen the recovery phase, and keep the load on what it is about until the end.",
} as const;

const whileAtWork = (text: string): Doubt => ({ text, cause: "notAtRest" });

const notProven = (text: string, [first]: readonly string[]): Doubt => ({
  text: `${text}; not a failure, as nothing proves that ${first} was healed`,
  cause: "notHealed",
});

/** Injections without a proof that they were healed everywhere, in words. */
function unhealedIn(evidence: Evidence): readonly string[] {
  const { schedule, receipts } = evidence;
  const isHealed = (id: string, on: string): boolean =>
    receipts.some((one) => one.injection === id && one.on === on && Number.isFinite(one.healProvenMs));
  return schedule
    .filter(wasInjected(evidence))
    .filter(({ id, acts }) => !acts.every((on) => isHealed(id, on)))
    .map(({ title }) => title);
}
