import { z } from "zod";
import type { Check, Evidence } from "../model/check.ts";
import { plural } from "../model/quantities.ts";
import { isWrite } from "../model/workload.ts";
import { operationNames } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, commonPhase, type Finding } from "./finding.ts";
import { KeyStates, type State } from "./key-states.ts";
import { effectOf, needs, operationsNamed } from "./plan-problems.ts";
import { flags, isAbsent, isAcknowledged, type Noted, undecided, unknownNames, witnesses } from "./rows.ts";
import { type Groups, groupsOf, sortNearly } from "./spots.ts";

const sessionOptions = z.strictObject({
  /** Names of the reads and writes that count; all when absent. */
  operations: operationNames().optional(),
});

/** Which operations. */
export type SessionOptions = z.input<typeof sessionOptions>;

/**
 * No session sees time go backwards: within a session and on one key, of operations that do not overlap the later one has
 * no older version, and a read sees at least the session's own last acknowledged write (monotonic reads, monotonic writes
 * and read your writes: Terry et al., "Session guarantees", 1994). A write without a certain outcome obliges only once
 * the session has seen it. O(n log n).
 *
 * Versions are compared where both operations told one; else values and time decide: a value is older when it certainly
 * was there before the write of the other began. A read that found nothing saw what was before all writes, unless a delete
 * explains it.
 */
export function versionsNeverGoBack(given: SessionOptions = {}): Check {
  const options = optionsOf("versionsNeverGoBack", sessionOptions, given);
  if (options instanceof Misstated) return options.check;
  const { operations } = options;
  const law = "Within a session, no operation has an older version of a key than one that had ended before it began.";
  const expected = "versions only go up, session by session";
  const title = "versions never go back";
  const said = {
    name: "versionsNeverGoBack",
    parameters: jsonOf(options),
    guards: "safety",
    title,
    law,
    ...needs("versionsNeverGoBack", operationsNamed(operations), effectOf(["read", "write", "delete"], operations)),
  } as const;
  return checkOf(said, (evidence): Finding => {
    const unknown = unknownNames(evidence, operations);
    if (unknown !== undefined) return undecided(expected, unknown);
    const states = new KeyStates(evidence);
    const { order, starts } = grouped(evidence, states, operations);
    const back: StepBack[] = [];
    let obliged = 0;
    for (let group = 0; group + 1 < starts.length; group += 1) {
      obliged += stepsBack(evidence, states, order.subarray(starts[group], starts[group + 1]), back);
    }
    const numbers = { operations: order.length, sessionsAndKeys: starts.length - 1, obliged, back: back.length };
    if (back.length > 0) {
      back.sort((one, other) => evidence.history.intendedMs[one.row]! - evidence.history.intendedMs[other.row]!);
      const rows = back.map(({ row }) => row);
      const actual = `${plural(back.length, "step")} back in time: ${described(evidence, back[0]!)}`;
      const witness = witnesses(
        evidence,
        back.flatMap((one) => storyOf(evidence, one)),
      );
      return { verdict: "fail", expected, actual, ...commonPhase(evidence, rows), witness, numbers };
    }
    if (obliged === 0)
      return { ...undecided(expected, whyNothingObliged(order.length), numbers), remedy: toOblige(order.length) };
    return {
      verdict: "pass",
      expected,
      actual: `${plural(obliged, "operation")} saw what their session had seen, or newer`,
      numbers,
    };
  });
}

function whyNothingObliged(operations: number): string {
  if (operations === 0) return "no operation says what it saw";
  return "no session came back to a key of which it had seen a version";
}

const toOblige = (operations: number): string =>
  operations === 0
    ? "Let `judge` return the `version` of each operation, or the `value` of each read."
    : "Use fewer keys, or fewer sessions.";

/** An operation, and one that had ended before and was newer. */
interface StepBack {
  readonly row: number;
  readonly before: number;
}

/** Rows whose state is known, session by session and key by key, each group in the order of their ends. */
function grouped(evidence: Evidence, states: KeyStates, names: readonly string[] | undefined): Groups {
  const { history } = evidence;
  const isMeant = flags(
    evidence,
    ({ effect, name }) => (effect === "read" || isWrite(effect)) && (names?.includes(name) ?? true),
  );
  const groups = new Map<number, number>();
  const groupOf = new Int32Array(history.count).fill(-1);
  for (let row = 0; row < history.count; row += 1) {
    const operation = history.operation[row]!;
    if (isMeant[operation] !== 1 || !isAcknowledged(history, row) || Number.isNaN(history.wireMs[row]!)) continue;
    const { version, effectMs } = states.of(row);
    if (Number.isNaN(version) && Number.isNaN(effectMs)) continue;
    const together = states.writes.spots.of[row]! * 65_536 + history.session[row]!;
    let group = groups.get(together);
    if (group === undefined) {
      group = groups.size;
      groups.set(together, group);
    }
    groupOf[row] = group;
  }
  return groupsOf(groupOf, groups.size);
}

/** The newest states that a session had seen of a key by some moment, and the rows that saw them; −1 where none did. */
interface Newest {
  readonly version: number;
  readonly versionRow: number;
  readonly beginMs: number;
  readonly beginRow: number;
  /** Among states without a version only: against the others, versions decide. */
  readonly untoldMs: number;
  readonly untoldRow: number;
}

const nothingSeen: Newest = {
  version: Number.NEGATIVE_INFINITY,
  versionRow: -1,
  beginMs: Number.NEGATIVE_INFINITY,
  beginRow: -1,
  untoldMs: Number.NEGATIVE_INFINITY,
  untoldRow: -1,
};

/** @returns how many of the group's operations had one before them; what went back is added to `back` */
function stepsBack({ history }: Evidence, states: KeyStates, rows: Uint32Array, back: StepBack[]): number {
  const { endMs, wireMs } = history;
  // A history is written in the order of ends, or nearly so.
  sortNearly(rows, (one, other) => endMs[one]! - endMs[other]!);
  // What had been seen up to each place.
  const newest: Newest[] = [];
  let obliged = 0;
  for (const row of rows) {
    const before = newest[endedBefore(endMs, rows, wireMs[row]!) - 1] ?? nothingSeen;
    const isOpen = states.isOpen(row);
    const newer = isOpen ? newerThanNothing(states, row, before) : newerThan(states.of(row), before);
    if (newer !== undefined) obliged += 1;
    if (newer !== undefined && newer >= 0) back.push({ row, before: newer });
    const left = isOpen ? states.oldestAbsence(row, before.version, before.beginMs) : states.of(row);
    newest.push(withState(newest.at(-1) ?? nothingSeen, row, left));
  }
  return obliged;
}

/** @returns the row that saw something newer, −1 when none did, undefined when there was nothing to compare with */
function newerThan({ version, effectMs }: State, before: Newest): number | undefined {
  const hasVersion = !Number.isNaN(version) && before.versionRow >= 0;
  if (hasVersion && before.version > version) return before.versionRow;
  const [ms, row] = Number.isNaN(version) ? [before.beginMs, before.beginRow] : [before.untoldMs, before.untoldRow];
  const hasTime = !Number.isNaN(effectMs) && row >= 0;
  if (hasTime && ms > effectMs) return row;
  return hasVersion || hasTime ? -1 : undefined;
}

/** Of a read that found nothing: it went back where each state that it can have seen is older than something. */
function newerThanNothing(states: KeyStates, row: number, before: Newest): number | undefined {
  let newer: number | undefined;
  for (const { state, bounds } of states.absencesOf(row)) {
    newer = newerThan(state, before);
    if (newer === undefined || newer < 0) return newer;
    if (bounds.every((bound) => (newerThan(bound, before) ?? -1) >= 0)) return newer;
  }
  return newer;
}

function withState(newest: Newest, row: number, { version, beginMs }: State): Newest {
  const isNewerVersion = version > newest.version || (newest.versionRow < 0 && !Number.isNaN(version));
  const isNewer = beginMs > newest.beginMs || (newest.beginRow < 0 && !Number.isNaN(beginMs));
  const isUntold = Number.isNaN(version) && !Number.isNaN(beginMs);
  const isNewerUntold = isUntold && (beginMs > newest.untoldMs || newest.untoldRow < 0);
  if (!isNewerVersion && !isNewer && !isNewerUntold) return newest;
  return {
    version: isNewerVersion ? version : newest.version,
    versionRow: isNewerVersion ? row : newest.versionRow,
    beginMs: isNewer ? beginMs : newest.beginMs,
    beginRow: isNewer ? row : newest.beginRow,
    untoldMs: isNewerUntold ? beginMs : newest.untoldMs,
    untoldRow: isNewerUntold ? row : newest.untoldRow,
  };
}

/** How many of the rows, which are in the order of their ends, had ended before. */
function endedBefore(endMs: Float64Array, rows: Uint32Array, ms: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (endMs[rows[middle]!]! < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

function described({ history }: Evidence, { row, before }: StepBack): string {
  const [key, session] = [history.key[row]!, history.session[row]!];
  const [earlier, later] = [history.version[before]!, history.version[row]!];
  if (!Number.isNaN(earlier) && !Number.isNaN(later)) {
    return `session ${session} had version ${earlier} of key ${key}, then ${later}`;
  }
  return `session ${session} had ${heldBy(history, before)} of key ${key}, then ${heldBy(history, row)}`;
}

function heldBy(history: Evidence["history"], row: number): string {
  const [version, value] = [history.version[row]!, history.value[row]!];
  if (isAbsent(history, row)) return "nothing";
  if (!Number.isNaN(version)) return `version ${version}`;
  return Number.isNaN(value) ? "the initial value" : `the value of operation ${value}`;
}

function storyOf({ history, operations }: Evidence, { row, before }: StepBack): readonly Noted[] {
  const did = (at: number): string => {
    const isWriting = isWrite(operations[history.operation[at]!]?.effect);
    if (isWriting && Number.isNaN(history.version[at]!))
      return `was acknowledged as a write of key ${history.key[at]!}`;
    const verb = isWriting ? "was acknowledged as" : isAbsent(history, at) ? "found" : "returned";
    return `${verb} ${heldBy(history, at)} of key ${history.key[at]!}`;
  };
  return [
    { row: before, note: did(before), violates: false },
    { row, note: `${did(row)}, after this session had ${heldBy(history, before)}`, violates: true },
  ];
}
