import type { Check, Evidence } from "../model/check.ts";
import type { RunEvent } from "../model/events.ts";
import { duration, plural } from "../model/quantities.ts";
import { Misstated, type NoOptions, noOptions, optionsOf } from "../schema/options.ts";
import { actingBeside } from "./acting-beside.ts";
import { type FaultTime, faultTimes, timeOf } from "./fault-times.ts";
import { checkOf, type Finding } from "./finding.ts";
import { undecided } from "./rows.ts";

type Exit = RunEvent & { readonly type: "exited" };

const law =
  "What breaks in one component ends no other, and what was ended can be started again: no process of the system ends that neither Faultline nor a fault on it ended.";
const expected = "no process that ended by itself";

/**
 * No process of the system ends by itself: one that can't do its work without another waits for it. A process that a
 * fault acts on may die of it (memory that is not there, an exception thrown into it), until its heal is asked for; what
 * died meanwhile elsewhere is a crash, also where something starts it again so quickly that hardly anybody notices.
 *
 * - A process that ends when it is started again, as one whose database is away, is a crash: a restart heals nothing then. One
 *   that runs and is not ready yet waits, as it should.
 * - Of several faults on one instance each excuses what ends while it acts. A process that was there when the heal was asked
 *   for and ends by a signal before the heal is proven, as by the kernel for want of memory, is still that fault's.
 * - A process that is not there at rest, though its heal was asked for and it is not known to have ended by itself, cannot
 *   be judged.
 */
export function staysUp(given: NoOptions = {}): Check {
  const options = optionsOf("staysUp", noOptions, given);
  if (options instanceof Misstated) return options.check;
  const said = {
    name: "staysUp",
    parameters: {},
    guards: "safety",
    isDisturbable: true,
    title: "everything stays up",
    law,
  } as const;
  return checkOf(said, (evidence): Finding => {
    const started = evidence.events.flatMap((event) => (event.type === "started" ? [event.instance] : []));
    const crashes = crashesIn(evidence);
    const numbers = { started: started.length, crashed: crashes.length };
    if (isStillStarting(evidence)) return undecided(expected, "the system did not come up", numbers);
    if (crashes.length > 0) return { verdict: "fail", expected, actual: spoken(crashes, evidence), numbers };
    if (started.length === 0) return undecided(expected, "no process was started", numbers);
    const gone = goneAtRest(evidence, started);
    if (gone !== undefined) {
      const remedy = "Find out in the receipt of its fault why it could not be started again.";
      return { ...undecided(expected, gone, numbers), cause: "notHealed", remedy };
    }
    return {
      verdict: "pass",
      expected,
      actual: `${plural(started.length, "process", "processes")}, none ended by itself`,
      numbers,
    };
  });
}

/** Whether the run ended before all was started: what ended then was never up. */
function isStillStarting({ events }: Evidence): boolean {
  const phases = events.flatMap((event) => (event.type === "phase" ? [event.phase] : []));
  return phases.includes("provision") && phases.every((phase) => phase === "provision" || phase === "tearDown");
}

function crashesIn(evidence: Evidence): readonly Exit[] {
  const faults = faultTimes(evidence);
  return evidence.events
    .filter((event): event is Exit => event.type === "exited" && !event.expected)
    .filter((exit) => !faults.some((fault) => doesExcuse(fault, exit, evidence.events)))
    .toSorted((one, other) => one.atMs - other.atMs);
}

function doesExcuse(
  { on, fromMs, healAskedMs, healedMs }: FaultTime,
  exit: Exit,
  events: readonly RunEvent[],
): boolean {
  if (exit.instance !== on || !(exit.atMs >= fromMs)) return false;
  if (exit.atMs <= healAskedMs) return true;
  const isItsVictim = (beganMs(exit, events) ?? Number.POSITIVE_INFINITY) <= healAskedMs;
  return isItsVictim && exit.how.startsWith("SIG") && exit.atMs <= healedMs;
}

/** When it began, or at the latest; undefined where that is not known. */
function beganMs({ instance, pid, atMs, ranMs }: Exit, events: readonly RunEvent[]): number | undefined {
  if (timeOf(ranMs) !== undefined) return atMs - ranMs!;
  return events.find((event) => event.type === "started" && event.instance === instance && event.pid === pid)?.atMs;
}

function spoken(crashes: readonly Exit[], evidence: Evidence): string {
  const first = crashes[0]!;
  const { instance, how, ranMs, atMs } = first;
  const again = isRestart(first, evidence.events) ? " when it was started again" : "";
  const ran = timeOf(ranMs) === undefined ? "" : `, ${duration(ranMs!)} after its start`;
  const more = crashes.length - 1;
  const times = crashes.every((one) => one.instance === instance)
    ? plural(more, "more time", "more times")
    : plural(more, "other", "others");
  const others = more === 0 ? "" : `, and ${times}`;
  return `${instance} ended by itself${again}: ${how}${ran}${actingBeside(evidence, instance, atMs)}${others}`;
}

/** Whether it came after another end, and was never ready in between. */
function isRestart(exit: Exit, events: readonly RunEvent[]): boolean {
  const own = ownEvents(exit.instance, events);
  return own[own.indexOf(exit) - 1]?.type === "exited";
}

/** A process that ended and that nothing shows to have been started again, and of which there is none at rest; in words. */
function goneAtRest({ events }: Evidence, started: readonly string[]): string | undefined {
  const rest = events.findLast((event) => event.type === "gauges" && event.when === "rest");
  if (rest?.type !== "gauges") return undefined;
  for (const instance of new Set(started)) {
    if (rest.values[`processes of ${instance}`] !== 0) continue;
    const last = ownEvents(instance, events)
      .filter(({ atMs }) => atMs < rest.atMs)
      .at(-1);
    if (last?.type === "exited") return `${instance} did not come back after ${last.how}: it has no process at rest`;
  }
  return undefined;
}

/** When an instance was ready and when it ended, in order. */
function ownEvents(instance: string, events: readonly RunEvent[]): readonly RunEvent[] {
  return events
    .filter((event) => (event.type === "started" || event.type === "exited") && event.instance === instance)
    .toSorted((one, other) => one.atMs - other.atMs);
}
