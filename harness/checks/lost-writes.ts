import type { Evidence } from "../model/check.ts";
import type { Final } from "./final-registers.ts";
import { type KeyWrites, writeOf } from "./key-writes.ts";
import { isAcknowledged, isNeverExecuted, type Noted } from "./rows.ts";
import { sortNearly } from "./spots.ts";

/** Something in the final state, or missing from it, that breaks the law. */
export interface Anomaly {
  readonly kind: "lost" | "phantom" | "resurrected";
  /** Of the operation that it is about; absent when there was none. */
  readonly row?: number;
  readonly note: string;
  /** The operations that show it. */
  readonly because?: readonly Noted[];
}

/** What became of the writes of one key. */
export interface Fate {
  readonly anomalies: readonly Anomaly[];
  /** What cannot be decided, in a sentence. */
  readonly unclear?: string;
}

/** A key, with its acknowledged writes (deletes among them). */
export interface WrittenKey {
  readonly spot: number;
  readonly key: number;
  readonly rows: Uint32Array;
  /** Whether a delete of it may have happened that nobody acknowledged. */
  readonly mayBeDeleted: boolean;
}

/**
 * Judges what a key finally holds. There must be an order of its acknowledged writes, and of those without a certain
 * outcome that had an effect, that agrees with real time and with the versions, and ends with what is there.
 */
export function fateUnder(evidence: Evidence, writes: KeyWrites, key: WrittenKey, final: Final): Fate {
  if (final.value === null || final.value === undefined) return fateOfNothing(evidence, writes, key, final);
  const holder = writeOf(evidence, writes, final.value, key.spot);
  if (holder < 0) {
    const note = `key ${key.key} ends with the value ${final.value}, but no operation wrote it there`;
    return { anomalies: [{ kind: "phantom", note }, ...overwrittenByOlder(evidence, writes, key, final)] };
  }
  if (isNeverExecuted(evidence.history, holder)) {
    const note = `was never executed; key ${key.key} ends with its value`;
    const resurrected = { kind: "resurrected", row: holder, note } as const;
    return { anomalies: [resurrected, ...overwrittenByOlder(evidence, writes, key, final)] };
  }
  return fateUnderHolder(evidence, writes, key, { ...final, holder });
}

/** The initial value, or nothing at all: right where nothing was acknowledged, or where a delete can have been the last. */
function fateOfNothing(evidence: Evidence, writes: KeyWrites, key: WrittenKey, final: Final): Fate {
  const { operations, history } = evidence;
  const last = withoutSuccessor(evidence, writes, Array.from(key.rows));
  if (final.value === undefined) {
    const isDeleted = last.some((row) => operations[history.operation[row]!]?.effect === "delete");
    if (isDeleted || key.mayBeDeleted) return { anomalies: [] };
  }
  return { anomalies: last.map((row) => lost(evidence, key, final, row)) };
}

/** With a value that nothing legal explains, only a version can say that an acknowledged write was not overwritten. */
function overwrittenByOlder(evidence: Evidence, writes: KeyWrites, key: WrittenKey, final: Final): readonly Anomaly[] {
  const rows = Array.from(key.rows).filter((row) => writes.version[row]! >= final.version);
  return withoutSuccessor(evidence, writes, rows).map((row) => lost(evidence, key, final, row));
}

/**
 * A holder whose version has risen since it was acknowledged was delivered again: legal as long as no other acknowledged
 * write came after it. One without a certain outcome may have come at any time.
 */
function fateUnderHolder(
  evidence: Evidence,
  writes: KeyWrites,
  key: WrittenKey,
  final: Final & { readonly holder: number },
): Fate {
  const { history } = evidence;
  const { holder, version: finalVersion } = final;
  const [holderVersion, holderMs] = [writes.version[holder]!, writes.effectMs[holder]!];
  const isPromised = isAcknowledged(history, holder);
  const fellBack = isPromised && holderVersion > finalVersion;
  const after: number[] = fellBack ? [holder] : [];
  let unclear: string | undefined;
  for (const row of key.rows) {
    if (row === holder) continue;
    const version = writes.version[row]!;
    if (history.wireMs[row]! > holderMs || version >= finalVersion) after.push(row);
    else if (isPromised && Number.isNaN(finalVersion) && version === holderVersion) after.push(row);
    else if (isPromised && Number.isNaN(finalVersion) && version > holderVersion) {
      unclear = `key ${key.key} ends with a value whose version is not the newest: let the audit read the \`version\``;
    }
  }
  if (after.length === 0) return unclear === undefined ? { anomalies: [] } : { anomalies: [], unclear };
  const isExact = isPromised && holderVersion === finalVersion;
  const because: Noted[] = isExact ? [] : [{ row: holder, note: holderNote(evidence, key, final), violates: false }];
  const anomalies = withoutSuccessor(evidence, writes, after).map((row) => lost(evidence, key, final, row, because));
  if (!isPromised || !(holderVersion < finalVersion)) return { anomalies };
  const note = `was acknowledged${asVersion(holderVersion)}; key ${key.key} ends with its value again, as version ${finalVersion}`;
  return { anomalies: [{ kind: "resurrected", row: holder, note }, ...anomalies] };
}

function holderNote({ history }: Evidence, { key }: WrittenKey, final: Final & { readonly holder: number }) {
  const { holder, version: finalVersion } = final;
  const end = `key ${key} ends with its value${asVersion(finalVersion)}`;
  if (isAcknowledged(history, holder)) return `was acknowledged${asVersion(history.version[holder]!)}; ${end}`;
  return `had no certain outcome; ${end}`;
}

/** Those of the rows that none of the others certainly came after: what was overwritten by a lost write is not lost itself. */
function withoutSuccessor({ history }: Evidence, { effectMs, version }: KeyWrites, rows: readonly number[]): number[] {
  let [latestMs, highest] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    latestMs = Math.max(latestMs, history.wireMs[row]!);
    if (version[row]! > highest) highest = version[row]!;
  }
  const last = rows.filter((row) => !(latestMs > effectMs[row]!) && !(highest > version[row]!));
  // Times and versions that contradict each other leave no last one.
  return last.length > 0 ? last : [...rows];
}

function lost(
  { history: { version } }: Evidence,
  { key }: WrittenKey,
  final: Final,
  row: number,
  because: readonly Noted[] = [],
): Anomaly {
  const was = `was acknowledged${asVersion(version[row]!)}`;
  if (final.value === undefined) return { kind: "lost", row, note: `${was}; key ${key} is not there in the end` };
  const held = final.value === null ? "its initial value" : `the value of operation ${final.value}`;
  const ends = Number.isNaN(final.version) ? held : `version ${final.version}, ${held}`;
  return { kind: "lost", row, note: `${was}; key ${key} ends with ${ends}`, because };
}

/**
 * Finds acknowledged writes that the system had forgotten when it acknowledged a later one: what began after their end got
 * a version that is not above theirs, or two of them have one version. Users may have overtaken them since, so that
 * nothing of it is left in the final state. O(n log n).
 * @param isLost rows that are known to be lost already, and the key's holder by its version: they are not blamed again
 */
export function forgotten(
  evidence: Evidence,
  { effectMs, version }: KeyWrites,
  { rows, key }: WrittenKey,
  known: { readonly lost: ReadonlySet<number>; readonly holder: number },
): readonly Anomaly[] {
  const { history } = evidence;
  const left = rows.filter((row) => !Number.isNaN(version[row]!) && !known.lost.has(row));
  if (left.length < 2) return [];
  const byStart = left.slice();
  sortNearly(byStart, (one, other) => history.wireMs[one]! - history.wireMs[other]!);
  // The row with the lowest version from each place on.
  const lowest = byStart.slice();
  for (let place = byStart.length - 2; place >= 0; place -= 1) {
    if (version[lowest[place + 1]!]! < version[lowest[place]!]!) lowest[place] = lowest[place + 1]!;
  }
  const anomalies: Anomaly[] = [];
  const kept: number[] = [];
  for (const row of left) {
    const later = lowest[firstAfter(history.wireMs, byStart, effectMs[row]!)];
    if (later === undefined || version[later]! > version[row]!) {
      kept.push(row);
      continue;
    }
    const note = `was acknowledged, as version ${version[row]!} of key ${key}, and forgotten: a later write is version ${version[later]!}`;
    const because = {
      row: later,
      note: `was acknowledged, as version ${version[later]!} of key ${key}`,
      violates: false,
    };
    anomalies.push({ kind: "lost", row, note, because: [because] });
  }
  return [...anomalies, ...sharing(evidence, version, Uint32Array.from(kept), key, known.holder)];
}

/** Of acknowledged writes with one version, one at most is still there: the holder, else the last of them. */
function sharing(
  { history }: Evidence,
  version: Float64Array,
  rows: Uint32Array,
  key: number,
  holder: number,
): readonly Anomaly[] {
  const rank = (row: number): number => (row === holder ? Number.POSITIVE_INFINITY : history.endMs[row]!);
  sortNearly(rows, (one, other) => version[one]! - version[other]! || rank(one) - rank(other));
  const anomalies: Anomaly[] = [];
  for (const [place, row] of rows.entries()) {
    const next = rows[place + 1];
    if (next === undefined || version[next] !== version[row]) continue;
    const note = `was acknowledged, as version ${version[row]!} of key ${key}, as another write was`;
    const because = {
      row: next,
      note: `was acknowledged, as version ${version[row]!} of key ${key}, too`,
      violates: false,
    };
    anomalies.push({ kind: "lost", row, note, because: [because] });
  }
  return anomalies;
}

/** The first place in rows, sorted by their beginning, that began after this. */
function firstAfter(wireMs: Float64Array, rows: Uint32Array, ms: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (wireMs[rows[middle]!]! > ms) high = middle;
    else low = middle + 1;
  }
  return low;
}

const asVersion = (version: number): string => (Number.isNaN(version) ? "" : ` as version ${version}`);
