import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { type FaultlineError, messageOf, usageError } from "../model/errors.ts";
import { grants, type History, historyOf, loadPhases, operationFlags, outcomes } from "../model/history.ts";
import { blockBytes, layout } from "./history-layout.ts";

/** What was read from a history file. */
export interface StoredHistory {
  readonly history: History;
  /** The texts that the history's error numbers stand for; index 0 is the empty text. */
  readonly errors: string[];
  /** Bytes at the end that were not written to their end, and are left out: more than 0 when the run died. */
  readonly tornBytes: number;
}

/**
 * Reads what a `HistoryWriter` wrote, up to its last whole block.
 * @throws FaultlineError HISTORY_UNKNOWN_FORMAT, HISTORY_DAMAGED, or NO_HISTORY when there is no such file
 */
export function readHistory(path: string): StoredHistory {
  const file = openedForReading(path);
  try {
    const size = fstatSync(file).size;
    const version = layoutVersion(path, readAt(file, 0, layout.recordSize));
    const decoder = new Decoder(path, version, Math.floor(size / layout.recordSize));
    let at: number = layout.recordSize;
    while (at < size) {
      const used = decoder.take(readAt(file, at, Math.min(blockBytes, size - at)), at);
      if (used === 0 && size - at >= blockBytes) throw damaged(path, at);
      if (used === 0) break;
      at += used;
    }
    return { ...decoder.result(), tornBytes: size - at };
  } finally {
    closeSync(file);
  }
}

/** Turns sealed blocks into columns. */
class Decoder {
  readonly #path: string;
  readonly #version: number;
  readonly #history: History;
  readonly #texts = new Map<number, Buffer[]>();
  #count = 0;

  /**
   * @param version of the layout
   * @param records the most that the file can hold
   */
  constructor(path: string, version: number, records: number) {
    this.#path = path;
    this.#version = version;
    this.#history = historyOf(records);
  }

  /**
   * Decodes all sealed blocks at the start of `bytes`.
   * @param offset where `bytes` begin in the file, for errors
   * @returns the bytes that were used; 0 when there is no seal
   */
  take(bytes: Buffer, offset: number): number {
    let start = 0;
    for (let at = 0; at + layout.recordSize <= bytes.length; at += layout.recordSize) {
      if (bytes[at + layout.outcomeAt] !== layout.sealOutcome) continue;
      const isWhole =
        bytes.readUInt32LE(at) === crc32(bytes.subarray(start, at)) &&
        bytes.readUInt32LE(at + 4) === (at - start) / layout.recordSize;
      if (!isWhole) throw damaged(this.#path, offset + start);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let record = start; record < at; record += layout.recordSize) {
        if (bytes[record + layout.outcomeAt] === layout.textOutcome) this.#text(bytes, record);
        else this.#record(view, record, offset + record);
      }
      start = at + layout.recordSize;
    }
    return start;
  }

  result(): { history: History; errors: string[] } {
    const errors = [""];
    for (const [index, parts] of this.#texts) errors[index] = decodedText(Buffer.concat(parts));
    return { history: { ...this.#history, count: this.#count }, errors: Array.from(errors, (text) => text ?? "") };
  }

  #text(bytes: Buffer, at: number): void {
    const part = Buffer.from(bytes.subarray(at, at + Math.min(layout.textBytes, bytes.readUInt16LE(at + 40))));
    const index = bytes.readUInt16LE(at + 44);
    const parts = this.#texts.get(index);
    if (parts === undefined) this.#texts.set(index, [part]);
    else parts.push(part);
  }

  #record(view: DataView, at: number, offset: number): void {
    const outcome = view.getUint8(at + layout.outcomeAt);
    const packed = view.getUint8(at + 46);
    const phase = packed & 15;
    const granted = this.#version === 2 ? packed >>> 4 : (packed >>> 4) & 3;
    const flags = this.#version === 2 ? 0 : packed >>> 6;
    const isPossible = outcome < outcomes.length && phase < loadPhases.length && granted < grants.length;
    if (!isPossible || !areFlagsOf(outcome, flags)) throw damaged(this.#path, offset);
    const history = this.#history;
    const row = this.#count;
    const intendedMs = view.getFloat64(at, true);
    const value = view.getUint32(at + 28, true);
    history.intendedMs[row] = intendedMs;
    history.dispatchedMs[row] = timeAfter(intendedMs, view.getUint32(at + 8, true));
    history.wireMs[row] = timeAfter(intendedMs, view.getUint32(at + 12, true));
    history.endMs[row] = timeAfter(intendedMs, view.getUint32(at + 16, true));
    history.id[row] = view.getUint32(at + 20, true);
    history.key[row] = view.getUint32(at + 24, true);
    history.value[row] = value === layout.never ? Number.NaN : value;
    history.version[row] = view.getFloat64(at + 32, true);
    history.session[row] = view.getUint16(at + 40, true);
    history.operation[row] = view.getUint8(at + 42);
    history.outcome[row] = outcome;
    history.error[row] = view.getUint16(at + 44, true);
    history.phase[row] = phase;
    history.granted[row] = granted;
    history.flags[row] = flags;
    history.target[row] = view.getUint8(at + 47);
    this.#count += 1;
  }
}

/** A flag belongs to one outcome alone, so that no check need look at both. */
const areFlagsOf = (outcome: number, flags: number): boolean =>
  (flags & operationFlags.absent) === 0
    ? (flags & operationFlags.notExecuted) === 0 || outcome === rejectedCode
    : flags === operationFlags.absent && outcome === okCode;

const okCode = outcomes.indexOf("ok");
const rejectedCode = outcomes.indexOf("rejected");

const timeAfter = (fromMs: number, us: number): number => (us === layout.never ? Number.NaN : fromMs + us / 1000);

/** Without the half character at which a long text was cut. */
const decodedText = (bytes: Buffer): string => new TextDecoder().decode(bytes, { stream: true });

function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const got = readSync(file, bytes, read, length - read, position + read);
    if (got === 0) break;
    read += got;
  }
  return bytes.subarray(0, read);
}

function openedForReading(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    const message = `the history could not be read: ${messageOf(error)}`;
    const remedy = "Name the folder of a run that got as far as its load.";
    throw usageError({ code: "NO_HISTORY", where: path, message, remedy }, { cause: error });
  }
}

/** @throws FaultlineError HISTORY_UNKNOWN_FORMAT when it is none that this version reads */
function layoutVersion(path: string, header: Buffer): number {
  const isOurs =
    header.length === layout.recordSize && header.toString("latin1", 0, layout.magic.length) === layout.magic;
  const version = isOurs ? header.readUInt32LE(8) : Number.NaN;
  const isKnown = version >= layout.oldestVersion && version <= layout.version;
  if (isKnown && header.readUInt32LE(12) === layout.recordSize) return version;
  const what = isOurs ? `a history of layout ${version}` : "no history of a Faultline run";
  const message = `this is ${what}; this version reads layouts ${layout.oldestVersion} to ${layout.version}`;
  const remedy = "Read it with the version of Faultline that wrote it (`faultline` in its run.json), or run it again.";
  throw usageError({ code: "HISTORY_UNKNOWN_FORMAT", where: path, message, remedy });
}

function damaged(path: string, offset: number): FaultlineError {
  const message = `the block at byte ${offset} is not as it was written`;
  const remedy = "The file was changed or the disk is failing; run it again.";
  return usageError({ code: "HISTORY_DAMAGED", where: path, message, remedy });
}
