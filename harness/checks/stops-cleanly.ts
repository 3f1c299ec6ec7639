import { z } from "zod";
import type { Check, Evidence } from "../model/check.ts";
import { duration, plural, statedDuration } from "../model/quantities.ts";
import type { CheckResult } from "../model/verdict.ts";
import { differentNames, duration as durationField, operationNames, whole } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, commonPhase, type Finding } from "./finding.ts";
import { isOf, type JobRule, type JobsAtStops, jobsAtStops, jobWords } from "./jobs-at-stops.ts";
import { anAudit, effectOf, type Need, needs, operationsNamed, undecidable } from "./plan-problems.ts";
import { type Requests, requestsAt } from "./requests-at-stops.ts";
import { undecided, unknownNames, witnesses } from "./rows.ts";
import { badEndOf, isDisturbed, type Stop, stopsOf, wasStopHeldUp } from "./stops.ts";

const stopOptions = z
  .strictObject({
    /**
     * Names of the operations that count. Default: all that are one request by HTTP. Of one that the workload's own client
     * does (`perform`), name it where a call is one request that is not tried again.
     */
    operations: operationNames().optional(),
    /** The components whose processes work on jobs. Default: what becomes of jobs in hand is not judged. */
    workers: differentNames('Give the components that work on jobs, each once, as workers: ["worker"].').optional(),
    /** How long a job takes at most from its acknowledgement to its end while no fault acts. Default 1 s. */
    jobsLast: durationField({ above: 0, atMost: 600_000 }, "seconds(1)").optional(),
    /** How many of all jobs around the stops may take more than one attempt. Default 0. */
    triedAgain: whole({ atLeast: 0 }).optional(),
  })
  .refine(({ workers, jobsLast, triedAgain }) => workers !== undefined || (jobsLast ?? triedAgain) === undefined, {
    path: ["workers"],
    params: {
      message: "is missing: `jobsLast` and `triedAgain` need to know which processes work on jobs",
      remedy: 'Name the components that work on jobs, as workers: ["worker"].',
    },
  });

/** Which operations count, and which processes work on jobs. */
export type StopOptions = z.input<typeof stopOptions>;

/**
 * A process that is asked to end (`terminate`, `rollingRestart`: SIGTERM, then SIGKILL after a grace) ends cleanly:
 *
 * - It ends by itself within its grace: exit 0, or by the signal itself.
 * - Every request that had begun, because it was sent 50 ms or more before the signal, gets a whole answer. A refusal
 *   (503) is one: it is counted as refused, and not as lost. A broken connection and no answer at the deadline are losses.
 * - No answer is cut off in the middle, whenever its request was sent. An answer that ends with its connection, without a
 *   length, cannot be seen to be cut off.
 *
 * No loss is a request that was sent later, or less than 50 ms before, and got no byte of an answer: it was refused, or met a
 * connection in the moment in which its server closed it as idle. HTTP has no way to prevent that, and a client may
 * send it again (RFC 9112, 9.3.1 and 9.5). The time grows by the lag of a load generator that was late then.
 *
 * With `workers` a stop costs no job an attempt, either: a worker finishes what it has in hand, or hands it back before it
 * fails. At-least-once delivery hides the opposite from `noLostJobs`. It is seen by the `attempts` that the audit reads of
 * each job, completed ones, too: of those that were asked for within `jobsLast` before the SIGTERM or until the end of the
 * process, at most `triedAgain` took more than one. Poison does not count. A stop is left out where another fault acts from
 * `jobsLast` before the SIGTERM until as long after the end: a fault on the users' way, on an entry, or on what leads
 * from one costs no attempt, unless the entry works on jobs, nor does one on the links of a process that has ended, nor a
 * `latency`, which makes jobs last: one by which attempts run out of time is for other scenarios.
 *
 * Without `workers` it sees of a job only the end of its worker. Stops of processes that are no entry are judged by how
 * they end; where an entry was asked to end and no request was under way, nothing is decided. While another fault acts on the
 * instance, or on its clients' way to it, neither its end nor its requests are judged.
 */
export function stopsCleanly(given: StopOptions = {}): Check {
  const options = optionsOf("stopsCleanly", stopOptions, given);
  if (options instanceof Misstated) return options.check;
  const { operations } = options;
  const rule = ruleOf(options);
  const ofJobs = rule === undefined ? "" : ", and no job takes a second attempt because of it";
  const law = `A process that is asked to end (SIGTERM) ends by itself within its grace; what had begun is answered, and no answer is cut off${ofJobs}.`;
  const said = {
    name: "stopsCleanly",
    parameters: jsonOf(options),
    guards: "safety",
    isDisturbable: true,
    title: "stops cleanly",
    law,
  } as const;
  const needed = rule === undefined ? [] : [stopOfWorkers(rule), anAudit, effectOf(["insert"])];
  const planned = { ...said, ...needs("stopsCleanly", operationsNamed(operations), someStop, ...needed) };
  return checkOf(planned, (evidence): Finding => {
    const unknown = unknownNames(evidence, operations);
    if (unknown !== undefined) return undecided(expected, unknown);
    const stops = stopsOf(evidence);
    if (stops.length === 0) return undecided(expected, "no process that ran was asked to end");
    const ends = endsOf(evidence, stops);
    const requests = requestsAt(evidence, stops, operations);
    const jobs = rule === undefined ? undefined : { rule, ...jobsAtStops(evidence, stops, rule) };
    return findingOf(evidence, { stops, ends, requests, jobs });
  });
}

const jobsLastMs = 1000;

function ruleOf({ workers, jobsLast, triedAgain = 0 }: z.output<typeof stopOptions>): JobRule | undefined {
  return workers === undefined ? undefined : { workers, lastMs: Number(jobsLast ?? jobsLastMs), triedAgain };
}

const expected = "each ends by itself in time, nothing begun is lost, no answer cut off";

/** A `terminate` with a grace: only that asks. */
const someStop: Need = ({ schedule }, check) =>
  schedule.some(({ kind, parameters }) => kind === "terminate" && parameters["graceMs"] !== 0)
    ? []
    : undecidable(
        check,
        "judges processes that are asked to end, and no fault asks one",
        "Inject `terminate` with a grace, or a `rollingRestart`.",
      );

/** One of the stops must be of a process that works on jobs. */
const stopOfWorkers =
  ({ workers }: JobRule): Need =>
  (plan, check) => {
    if (someStop(plan, check).length > 0) return [];
    if (plan.schedule.some(({ kind, acts }) => kind === "terminate" && acts.some((on) => isOf(workers, on)))) return [];
    const named = workers.join(" and ");
    return undecidable(
      `${check}.workers`,
      `judges the jobs of ${named}, and no fault asks a process of it to end`,
      `Inject \`terminate\` with a grace on ${named}, or leave \`workers\` out.`,
    );
  };

/** All that is found. */
interface Found {
  readonly stops: readonly Stop[];
  readonly ends: Ends;
  readonly requests: Requests;
  /** Undefined where jobs are not judged. */
  readonly jobs: (JobsAtStops & { readonly rule: JobRule }) | undefined;
}

/** How the processes ended, in words. */
interface Ends {
  readonly bad: readonly string[];
  /** Bad, or without an event; the machine may be the reason. */
  readonly doubtful: readonly string[];
  readonly judged: number;
  /** The one that took longest of those that ended well. */
  readonly slowest: Stop | undefined;
}

function endsOf(evidence: Evidence, stops: readonly Stop[]): Ends {
  const judged = stops.filter((stop) => !isDisturbed(stop, stop.requestedMs, stop.exit?.atMs ?? stop.nextMs));
  const [bad, doubtful, good]: [string[], string[], Stop[]] = [[], [], []];
  for (const stop of judged) {
    const text = badEndOf(stop);
    if (stop.exit === undefined) doubtful.push(`how ${stop.instance} ended was not recorded`);
    else if (text === undefined) good.push(stop);
    else if (wasStopHeldUp(evidence, stop)) doubtful.push(`${text}, but the machine stood still or was late meanwhile`);
    else bad.push(text);
  }
  const [slowest] = good.toSorted((one, other) => tookMs(other) - tookMs(one));
  return { bad, doubtful, judged: judged.length, slowest };
}

const tookMs = ({ exit, requestedMs }: Stop): number => (exit?.atMs ?? Number.NaN) - requestedMs;

function findingOf(evidence: Evidence, found: Found): Finding {
  const { ends, requests, jobs } = found;
  const lost = [...requests.lost, ...requests.cut].filter(({ row }) => !requests.doubtful.has(row));
  const violations = [...lost, ...(jobs !== undefined && breaks(jobs, jobs.excused) ? jobs.again : [])];
  const said = { expected, actual: spoken(evidence, found), numbers: numbersOf(found) };
  if (ends.bad.length + violations.length > 0) {
    const rows = violations.map(({ row }) => row);
    return { verdict: "fail", ...said, ...commonPhase(evidence, rows), witness: witnesses(evidence, violations) };
  }
  const open = undecidedBy(evidence, found) ?? undecidedByJobs(found);
  return open === undefined ? { verdict: "pass", ...said } : { ...open, numbers: said.numbers };
}

const breaks = ({ again, rule }: NonNullable<Found["jobs"]>, excused = 0): boolean =>
  again.length - excused > rule.triedAgain;

function numbersOf({ stops, ends, requests, jobs }: Found): CheckResult["numbers"] {
  const { lost, cut, underWay, refused, turnedAway } = requests;
  return {
    stops: stops.length,
    judged: ends.judged,
    badEnds: ends.bad.length,
    underWay,
    lost: lost.length,
    refused,
    cutOff: cut.length,
    turnedAway,
    ...(ends.slowest === undefined ? {} : { slowestMs: Math.round(tookMs(ends.slowest)) }),
    ...(jobs === undefined ? {} : { jobStops: jobs.judged, jobs: jobs.jobs, triedAgain: jobs.again.length }),
  };
}

/** `4 processes ended by themselves, the slowest (api-1) after 310 ms of 2 s; 12 requests under way, none lost`. */
function spoken(evidence: Evidence, { ends, requests: { underWay, refused, lost, cut }, jobs }: Found): string {
  const under = plural(underWay, "request");
  const refusals = refused === 0 ? "" : `, ${refused} refused`;
  const areJobsUnjudged = jobs === undefined && (evidence.finalState?.jobs ?? []).length > 0;
  return [
    ...(ends.bad.length > 0 ? ends.bad : goodEnds(ends)),
    ...(lost.length > 0 ? [`${lost.length} of ${under} under way lost`] : []),
    ...(lost.length === 0 && underWay > 0 ? [`${under} under way, none lost${refusals}`] : []),
    ...(cut.length > 0 ? [`${plural(cut.length, "answer")} cut off`] : []),
    ...(jobs !== undefined && jobs.judged > 0 ? [jobWords(jobs, jobs.rule)] : []),
    ...(areJobsUnjudged ? ["jobs in hand were not judged, for want of `workers`"] : []),
  ].join("; ");
}

function goodEnds({ slowest, judged }: Ends): readonly string[] {
  if (slowest === undefined) return [];
  const whole = judged === 1 ? "1 process ended by itself" : `${judged} processes ended by themselves`;
  const grace = slowest.graceMs === undefined ? "" : ` of ${statedDuration(slowest.graceMs)}`;
  return [`${whole}, the slowest (${slowest.instance}) after ${duration(tookMs(slowest))}${grace}`];
}

/** Why it cannot be decided that all was well; undefined when it can. */
function undecidedBy({ entry }: Evidence, { stops, ends, requests }: Found): Finding | undefined {
  const { underWay, doubtful, unclear, lost, cut } = requests;
  const [firstDoubt] = ends.doubtful;
  if (firstDoubt !== undefined) return undecided(expected, firstDoubt);
  if (doubtful.size > 0) {
    const what = `${plural(lost.length, "request")} under way lost, ${plural(cut.length, "answer")} cut off`;
    return undecided(expected, `${what}, but the machine stood still or the load generator was late then`);
  }
  if (unclear > 0) {
    const broke = plural(unclear, "connection");
    return undecided(
      expected,
      `${broke} broke after a SIGTERM, and this run does not say whether in the middle of an answer`,
    );
  }
  if (ends.judged === 0) return undecided(expected, "another fault acted on every process that was asked to end");
  const entries = stops.filter(({ instance }) => entry.includes(instance)).map(({ instance }) => instance);
  if (entries.length === 0 || underWay > 0) return undefined;
  return {
    ...undecided(expected, `no request was under way when ${entries.join(", ")} had to end`),
    remedy: "Raise the rate, or let requests take longer, as by `latency` on a link.",
  };
}

function undecidedByJobs({ jobs }: Found): Finding | undefined {
  if (jobs === undefined) return undefined;
  if (breaks(jobs)) {
    const actual = `${jobWords(jobs, jobs.rule)}, but the machine stood still or was late then`;
    return undecided(expected, actual);
  }
  if (jobs.doubt === undefined) return undefined;
  const remedy =
    "Let the audit read `attempts` of all jobs, ask for more of them, and let other faults act at other times.";
  return { ...undecided(expected, jobs.doubt), remedy };
}
