import { z } from "zod";
import type { Check, Evidence, Interval } from "../model/check.ts";
import type { RunEvent } from "../model/events.ts";
import { loadPhases } from "../model/history.ts";
import { ownDoing } from "../model/measure/own-doing.ts";
import { duration, durationBeside, plural, statedDuration } from "../model/quantities.ts";
import { duration as durationField } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { actingBeside } from "./acting-beside.ts";
import { faultTimes } from "./fault-times.ts";
import { checkOf, type Finding } from "./finding.ts";
import { lateOrHeldUpMs, lengthOf, without } from "./intervals.ts";
import { undecided } from "./rows.ts";

const liveOptions = z.strictObject({
  /**
   * How long a process may give no answer at all. Default 3 s: three probes of a second each, as Kubernetes fails a process
   * (`failureThreshold: 3`, `timeoutSeconds: 1`) where they follow each other at once. A shorter silence ends nothing.
   */
  forgive: durationField({ atLeast: 0, atMost: 60_000 }, "seconds(3)").optional(),
});

/** How long silence is forgiven. */
export type LiveOptions = z.input<typeof liveOptions>;

type Live = RunEvent & { readonly type: "live" };

const usualForgivenMs = 3000;
/** From the proof that a fault on a process is healed: to work off what has piled up. What was started again answers by then. */
const catchUpMs = 2000;
/** Two answers are at least so far apart; and where a part of a stretch is excused, so much of it has two. */
const twoAnswersMs = 200;
const cutAnswersMs = 600;

/**
 * The live path of every process that no fault acts on answers 200 throughout: with any other answer, and with none, an
 * orchestrator ends the process, and a database that is away becomes a system that restarts in circles. Faults on what it
 * depends on, on its links and on the machine excuse nothing; a fault on the process itself does, until two seconds after the
 * proof of its heal.
 *
 * - An answer other than 200 (503, 404, a redirect) fails when two questions in a row have one.
 * - No answer within a second, or no connection, fails when it goes on for longer than `forgive`.
 * - A silence during which the load generator was late by a tenth of a second, or the machine stood still, is undecided where
 *   the rest of it is forgiven.
 *
 * Each instance whose component states a `livePath` is asked four times a second, past the proxies, from the warm-up until
 * the system rests. `inconclusive` where none states one, and for runs of versions that did not ask.
 */
export function staysLive(given: LiveOptions = {}): Check {
  const options = optionsOf("staysLive", liveOptions, given);
  if (options instanceof Misstated) return options.check;
  const { forgive: forgivenMs = usualForgivenMs } = options;
  const law = `The live path of every process that no fault acts on answers 200 throughout, and is never silent for more than ${statedDuration(forgivenMs)}.`;
  const expected = "200 from every live path";
  const said = {
    name: "staysLive",
    parameters: jsonOf(options),
    guards: "safety",
    isDisturbable: true,
    title: "everything stays live",
    law,
  } as const;
  return checkOf(said, (evidence): Finding => {
    const records = evidence.events.filter((event): event is Live => event.type === "live");
    const watched = [...Map.groupBy(records.filter(isSound), ({ instance }) => instance)].map(([instance, own]) =>
      livesOf(evidence, instance, own, forgivenMs),
    );
    const [failed, doubtful] = [watched.filter(({ broken }) => broken), watched.filter(({ doubt }) => doubt)];
    const numbers = { watched: watched.length, failed: failed.length };
    const [first] = failed.toSorted((one, other) => one.broken!.fromMs - other.broken!.fromMs);
    if (first !== undefined) {
      const others = failed.length === 1 ? "" : `, and ${plural(failed.length - 1, "other", "others")}`;
      const { fromMs } = first.broken!;
      return {
        verdict: "fail",
        expected,
        actual: `${first.broken!.what}${others}`,
        ...phaseAt(evidence, fromMs),
        numbers,
      };
    }
    if (watched.length === 0)
      return { ...undecided(expected, "no live path was asked", numbers), remedy: remedyForNone };
    const unsound = records.find((record) => !isSound(record));
    if (unsound !== undefined) {
      return undecided(expected, `a record of the live path of ${String(unsound.instance)} cannot be read`, numbers);
    }
    if (doubtful.length > 0) return undecided(expected, doubtful[0]!.doubt!, numbers);
    if (watched.every(({ judgedMs }) => judgedMs === 0)) {
      return undecided(expected, "a fault acted on each process for as long as it was asked", numbers);
    }
    const silentMs = Math.max(...watched.map(({ longestSilenceMs }) => longestSilenceMs));
    const silence =
      silentMs === 0
        ? ""
        : `, silent for ${durationBeside(silentMs, forgivenMs)} at most (allowed: ${statedDuration(forgivenMs)})`;
    const actual = `${plural(watched.length, "live path")} answered 200${silence === "" ? " throughout" : silence}`;
    return { verdict: "pass", expected, actual, numbers };
  });
}

const remedyForNone = 'State a path that asks no dependency, as service({ livePath: "/livez", … }), then run it again.';

/** What a live path did while it is judged. */
interface Lives {
  /** Absent where it kept the law. */
  readonly broken?: { readonly fromMs: number; readonly what: string };
  /** Why it is not known whether it did. */
  readonly doubt?: string;
  readonly judgedMs: number;
  readonly longestSilenceMs: number;
}

function livesOf(evidence: Evidence, instance: string, unordered: readonly Live[], forgivenMs: number): Lives {
  const records = unordered.toSorted((one, other) => one.atMs - other.atMs);
  const untilMs = lastAskedMs(evidence);
  const excused = excusesOf(evidence, instance);
  const judgedMs = lengthOf(without({ fromMs: records[0]!.askedMs, toMs: untilMs }, excused));
  const isLong = ({ fromMs, toMs, isCut }: Piece): boolean => toMs - fromMs >= (isCut ? cutAnswersMs : twoAnswersMs);
  const refusals = piecesOf(
    spansOf(records, untilMs, isRefusal).filter(({ inARow }) => inARow > 1),
    excused,
  ).filter(isLong);
  const outages = piecesOf(
    spansOf(records, untilMs, ({ isLive }) => !isLive),
    excused,
  );
  const silences = outages.filter((one) => one.toMs - one.fromMs > forgivenMs);
  const certain = silences.filter(
    (one) => one.toMs - one.fromMs - lateOrHeldUpMs(evidence.generator, one) > forgivenMs,
  );
  const longestSilenceMs = Math.max(0, ...outages.map(({ fromMs, toMs }) => toMs - fromMs));
  const [first] = [...refusals, ...certain].toSorted((one, other) => one.fromMs - other.fromMs);
  const seen = { judgedMs, longestSilenceMs };
  if (first !== undefined) {
    // In it, since the fault may have come while the question was under way.
    const withinMs = first.fromMs + Math.min(500, (first.toMs - first.fromMs) / 2);
    const what = `${spoken(instance, first)}${actingBeside(evidence, instance, withinMs)}`;
    return { ...seen, broken: { fromMs: first.fromMs, what } };
  }
  const [doubtful] = silences;
  if (doubtful === undefined) return seen;
  const why = "but the machine stood still, or the load generator was late itself";
  return { ...seen, doubt: `${spoken(instance, doubtful)}, ${why}` };
}

const isRefusal = ({ isLive, status }: Live): boolean => !isLive && status !== undefined;

function spoken(instance: string, { fromMs, toMs, answer }: Interval & { readonly answer: string }): string {
  const what = /^\d/.test(answer)
    ? `answered ${answer} on its live path`
    : `did not answer on its live path (${answer})`;
  return `${instance} ${what} for ${duration(toMs - fromMs)}`;
}

/** The watch ends when the gauges have been read at rest. */
function lastAskedMs(evidence: Evidence): number {
  const rest = evidence.events.find((event) => event.type === "gauges" && event.when === "rest");
  const lastMs = Math.max(0, ...evidence.events.map(({ atMs }) => atMs).filter(Number.isFinite));
  return rest?.atMs ?? lastMs;
}

/** When faults acted on the process itself, and when Faultline disturbed it. */
function excusesOf(evidence: Evidence, instance: string): readonly Interval[] {
  const faults = faultTimes(evidence).filter(({ on }) => on === instance);
  const acting = faults.map(({ fromMs, healedMs }) => ({ fromMs, toMs: healedMs + catchUpMs }));
  return [...acting, ...ownDoing(evidence)];
}

/** A stretch of answers of one kind. */
interface Span extends Interval {
  /** The first of them. */
  readonly answer: string;
  /** How many in a row there were, or 2 for more. */
  readonly inARow: number;
}

/** What is left of one where nothing excuses it. */
interface Piece extends Span {
  /** Whether a part of it is excused. */
  readonly isCut: boolean;
}

const piecesOf = (spans: readonly Span[], excused: readonly Interval[]): readonly Piece[] =>
  spans.flatMap((span) =>
    without(span, excused).map((piece) => ({ ...span, ...piece, isCut: lengthOf([piece]) < lengthOf([span]) })),
  );

/** From when the first was asked for until another one came. */
function spansOf(records: readonly Live[], untilMs: number, isMeant: (record: Live) => boolean): readonly Span[] {
  const spans: Span[] = [];
  let open: Omit<Span, "toMs"> | undefined;
  for (const record of records) {
    if (isMeant(record)) {
      const inARow = Math.max(record.inARow, open?.inARow ?? 0);
      open = { fromMs: open?.fromMs ?? record.askedMs, answer: open?.answer ?? record.answer, inARow };
    } else if (open !== undefined) {
      spans.push({ ...open, toMs: record.atMs });
      open = undefined;
    }
  }
  return open === undefined ? spans : [...spans, { ...open, toMs: Math.max(open.fromMs, untilMs) }];
}

const isSound = ({ instance, isLive, answer, status, askedMs, atMs, inARow }: Live): boolean =>
  typeof instance === "string" &&
  typeof isLive === "boolean" &&
  typeof answer === "string" &&
  (status === undefined ? !isLive : Number.isFinite(status) && isLive === (status === 200)) &&
  [askedMs, atMs, inARow].every(Number.isFinite);

/** In which phase of the load it began; empty outside of it. */
function phaseAt({ phases }: Evidence, atMs: number): Pick<Finding, "phase"> {
  const phase = loadPhases.find((one) => {
    const { fromMs = Number.POSITIVE_INFINITY, toMs = 0 } = phases[one] ?? {};
    return fromMs <= atMs && atMs < toMs;
  });
  return phase === undefined ? {} : { phase };
}
