import { z } from "zod";
import type { Check, Evidence } from "../model/check.ts";
import { outcomeCode } from "../model/history.ts";
import { operationNames } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, commonPhase, type Finding } from "./finding.ts";
import { flags, type Noted, undecided, unknownNames, witnesses } from "./rows.ts";
import { type Groups, groupsOf, sortNearly, spotsOf } from "./spots.ts";
import { counted } from "./words.ts";

const okCode = outcomeCode("ok");

const sessionOptions = z.strictObject({
  /** Names of the reads and writes that count; all when absent. */
  operations: operationNames().optional(),
});

/** Which operations. */
export type SessionOptions = z.input<typeof sessionOptions>;

/**
 * Nobody sees time go backwards: within a session and on one key, of operations that do not overlap the later one has no
 * older version, and a read sees at least the session's own last acknowledged write (monotonic reads, monotonic writes
 * and read your writes: Terry et al., "Session guarantees", 1994). A write without a certain outcome obliges only once
 * the session has seen it. O(n log n).
 */
export function versionsNeverGoBack(given: SessionOptions = {}): Check {
  const options = optionsOf("versionsNeverGoBack", sessionOptions, given);
  if (options instanceof Misstated) return options.check;
  const { operations } = options;
  const law = "Within a session, no operation has an older version of a key than one that had ended before it began.";
  const expected = "versions only go up, session by session";
  const title = "versions never go back";
  const said = { name: "versionsNeverGoBack", parameters: jsonOf(options), guards: "safety", title, law } as const;
  return checkOf(said, (evidence): Finding => {
    const unknown = unknownNames(evidence, operations);
    if (unknown !== undefined) return undecided(expected, unknown);
    const { order, starts } = grouped(evidence, operations);
    const back: { readonly row: number; readonly before: number }[] = [];
    let obliged = 0;
    for (let group = 0; group + 1 < starts.length; group += 1) {
      obliged += stepsBack(evidence, order.subarray(starts[group], starts[group + 1]), back);
    }
    const numbers = { operations: order.length, sessionsAndKeys: starts.length - 1, obliged, back: back.length };
    if (back.length > 0) {
      back.sort((one, other) => evidence.history.intendedMs[one.row]! - evidence.history.intendedMs[other.row]!);
      const rows = back.map(({ row }) => row);
      const actual = `${counted(back.length, "step")} back in time: ${described(evidence, back[0]!)}`;
      const witness = witnesses(
        evidence,
        back.flatMap((one) => storyOf(evidence, one)),
      );
      return { verdict: "fail", expected, actual, ...commonPhase(evidence, rows), witness, numbers };
    }
    if (obliged === 0)
      return undecided(expected, "no session came back to a key of which it had seen a version", numbers);
    return {
      verdict: "pass",
      expected,
      actual: `${counted(obliged, "operation")} saw what their session had seen, or newer`,
      numbers,
    };
  });
}

/** Rows that told a version, session by session and key by key, each group in the order of their ends. */
function grouped(evidence: Evidence, names: readonly string[] | undefined): Groups {
  const { history } = evidence;
  const isMeant = flags(
    evidence,
    ({ effect, name }) => (effect === "read" || effect === "write") && (names?.includes(name) ?? true),
  );
  const spots = spotsOf(evidence);
  const groups = new Map<number, number>();
  const groupOf = new Int32Array(history.count).fill(-1);
  for (let row = 0; row < history.count; row += 1) {
    if (isMeant[history.operation[row]!] !== 1 || history.outcome[row] !== okCode) continue;
    if (Number.isNaN(history.version[row]!) || Number.isNaN(history.wireMs[row]!)) continue;
    const together = spots.of[row]! * 65_536 + history.session[row]!;
    let group = groups.get(together);
    if (group === undefined) {
      group = groups.size;
      groups.set(together, group);
    }
    groupOf[row] = group;
  }
  return groupsOf(groupOf, groups.size);
}

/** @returns how many of the group's operations had one before them; what went back is added to `back` */
function stepsBack({ history }: Evidence, rows: Uint32Array, back: { row: number; before: number }[]): number {
  const { endMs, wireMs, version } = history;
  // A history is written in the order of ends, or nearly so.
  sortNearly(rows, (one, other) => endMs[one]! - endMs[other]!);
  // The row with the highest version up to each place.
  const highest = new Uint32Array(rows.length);
  for (const [place, row] of rows.entries()) {
    const before = highest[place - 1];
    highest[place] = before !== undefined && version[before]! >= version[row]! ? before : row;
  }
  let obliged = 0;
  for (const row of rows) {
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (endMs[rows[middle]!]! < wireMs[row]!) low = middle + 1;
      else high = middle;
    }
    if (low === 0) continue;
    obliged += 1;
    const before = highest[low - 1]!;
    if (version[before]! > version[row]!) back.push({ row, before });
  }
  return obliged;
}

function described({ history }: Evidence, { row, before }: { row: number; before: number }): string {
  const [key, session] = [history.key[row]!, history.session[row]!];
  return `session ${session} had version ${history.version[before]!} of key ${key}, then ${history.version[row]!}`;
}

function storyOf(evidence: Evidence, { row, before }: { row: number; before: number }): readonly Noted[] {
  const { history, operations } = evidence;
  const did = (at: number): string => {
    const isWrite = operations[history.operation[at]!]?.effect === "write";
    return `${isWrite ? "was acknowledged as" : "returned"} version ${history.version[at]!} of key ${history.key[at]!}`;
  };
  return [
    { row: before, note: did(before), violates: false },
    { row, note: `${did(row)}, after this session had version ${history.version[before]!}`, violates: true },
  ];
}
