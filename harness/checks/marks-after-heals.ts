import type { Evidence } from "../model/check.ts";
import type { RunEvent } from "../model/events.ts";
import { heldUpMs, longestLag } from "../model/measure/lateness.ts";
import { healedMs as lastHealMs, loadEndMs } from "../model/measure/moments.ts";
import { duration, durationBeside, plural, statedDuration } from "../model/quantities.ts";
import type { MarksAtRest } from "../model/rest.ts";

/** From one reading of a mark to the next, and until the answer is there: it was off up to so long before that was seen. */
const readLateMs = 500;

/** A mark of one instance that was on without a break. Times on the run's clock. */
interface Stretch {
  readonly instance: string;
  readonly mark: string;
  readonly fromMs: number;
  /** `Infinity` where it was never seen off again. */
  readonly toMs: number;
}

/** How long marks stayed on after everything was healed. */
export interface MarksAfterHeals {
  /** Those that were on for too long, in words. */
  readonly late: readonly string[];
  /** Why it cannot be decided that none was. */
  readonly doubts: readonly string[];
  /** The longest that one was on after the last heal, in ms; 0 where none was. */
  readonly longestMs: number;
}

/**
 * Looks for marks that stay on for longer than allowed after the last heal, while there is traffic. One that comes on later has
 * as long from then. What is on in the steady phase, too, is a sign of load and of no fault; that of an instance that did
 * not answer meanwhile is not known.
 * @param atRest the marks at the end of the run
 */
export function marksAfterHeals(evidence: Evidence, atRest: MarksAtRest, withinMs: number): MarksAfterHeals {
  const none = { late: [], doubts: [], longestMs: 0 };
  if (evidence.schedule.length === 0) return none;
  const healedMs = lastHealMs(evidence);
  if (healedMs === undefined)
    return { ...none, doubts: ["not every fault was proven healed, after which marks go off"] };
  const loadOverMs = loadEndMs(evidence);
  if (loadOverMs - healedMs < withinMs + readLateMs) {
    const leftMs = Math.max(0, loadOverMs - healedMs);
    const doubt = `${duration(leftMs)} of traffic after the last heal do not show that marks go off within ${statedDuration(withinMs)}`;
    return { ...none, doubts: [doubt] };
  }
  const all = stretchesIn(evidence.events).filter((one) => Number.isFinite(one.toMs) || isOnStill(atRest, one));
  const usual = new Set(all.filter((one) => isUsual(evidence, one)).map(nameOf));
  const after = all
    .filter((one) => one.toMs > healedMs && one.fromMs < loadOverMs && !usual.has(nameOf(one)))
    .map((one) => ({ ...one, sinceMs: Math.max(one.fromMs, healedMs) }))
    .filter(({ instance, sinceMs }) => !wasSilent(evidence, instance, sinceMs, sinceMs + withinMs));
  const onFor = ({ sinceMs, toMs }: (typeof after)[number]): number => Math.min(toMs, loadOverMs) - sinceMs;
  const late = after.filter((one) => onFor(one) > withinMs + slackMs(evidence, one.sinceMs, one.sinceMs + withinMs));
  return {
    late: late.map((one) => lateWords(one, onFor(one), withinMs)),
    doubts: [],
    longestMs: Math.round(Math.max(0, ...after.map(onFor))),
  };
}

/** `6 marks, none on for more than 3 s after the last heal (the longest for 0.9 s)`. */
export function inTimeWords({ longestMs }: MarksAfterHeals, marks: number, withinMs: number): string {
  const longest = longestMs === 0 ? "" : ` (the longest for ${durationBeside(longestMs, withinMs)})`;
  return `${plural(marks, "mark")}, none on for more than ${statedDuration(withinMs)} after the last heal${longest}`;
}

function lateWords(
  { instance, mark, toMs, fromMs, sinceMs }: Stretch & { sinceMs: number },
  forMs: number,
  withinMs: number,
) {
  const since = fromMs < sinceMs ? "after the last heal" : "from when it came on after the last heal";
  const until = Number.isFinite(toMs) ? "" : " and to the end";
  return `${instance}: "${mark}" was on for ${durationBeside(forMs, withinMs)} ${since}${until} (allowed: ${statedDuration(withinMs)})`;
}

const nameOf = ({ instance, mark }: Stretch): string => `${instance} ${mark}`;

/** When each mark was on, in the order in which it came on. */
function stretchesIn(events: readonly RunEvent[]): readonly Stretch[] {
  const marks = events.filter((event): event is RunEvent & { type: "mark" } => event.type === "mark");
  return marks.flatMap((one, index) => {
    if (!one.isOn) return [];
    const { instance, mark, atMs: fromMs } = one;
    const off = marks.find((other, at) => at > index && other.instance === instance && other.mark === mark);
    return [{ instance, mark, fromMs, toMs: off?.atMs ?? Number.POSITIVE_INFINITY }];
  });
}

/** A counter never falls: its mark has no end, and is none of those that are on at rest. */
const isOnStill = ({ on }: MarksAtRest, { instance, mark }: Stretch): boolean =>
  on.some((one) => one.instance === instance && one.mark === mark);

function isUsual({ phases: { steady } }: Evidence, { fromMs, toMs }: Stretch): boolean {
  return steady !== undefined && fromMs < steady.toMs && toMs > steady.fromMs;
}

/** An instance that says nothing has no marks that anybody could read. */
function wasSilent({ events }: Evidence, instance: string, fromMs: number, toMs: number): boolean {
  const own = events.filter(
    (event): event is RunEvent & { type: "health" } => event.type === "health" && event.instance === instance,
  );
  return own.some(({ atMs, health }, index) => {
    const untilMs = own[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    return health === "silent" && atMs < toMs && untilMs > fromMs;
  });
}

/** What of the time can have been the reading's, or the machine's. */
function slackMs({ generator }: Evidence, fromMs: number, toMs: number): number {
  return readLateMs + longestLag(generator, fromMs, toMs) + heldUpMs(generator, fromMs, toMs);
}
