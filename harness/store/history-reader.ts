import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { type FaultlineError, messageOf, usageError } from "../model/errors.ts";
import { grants, type History, historyOf, loadPhases, outcomes } from "../model/history.ts";
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
 * @throws FaultlineError HISTORY_UNKNOWN_FORMAT, HISTORY_DAMAGED, or HISTORY_UNREADABLE when there is no such file
 */
export function readHistory(path: string): StoredHistory {
  const file = openedForReading(path);
  try {
    const size = fstatSync(file).size;
    checkHeader(path, readAt(file, 0, layout.recordSize));
    const decoder = new Decoder(path, Math.floor(size / layout.recordSize));
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
  readonly #history: History;
  readonly #texts = new Map<number, Buffer[]>();
  #count = 0;

  /** @param records the most that the file can hold */
  constructor(path: string, records: number) {
    this.#path = path;
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
      for (let record = start; record < at; record += layout.recordSize) this.#record(bytes, record, offset + record);
      start = at + layout.recordSize;
    }
    return start;
  }

  result(): { history: History; errors: string[] } {
    const errors = [""];
    for (const [index, parts] of this.#texts) errors[index] = decodedText(Buffer.concat(parts));
    return { history: { ...this.#history, count: this.#count }, errors: Array.from(errors, (text) => text ?? "") };
  }

  #record(bytes: Buffer, at: number, offset: number): void {
    const outcome = bytes[at + layout.outcomeAt]!;
    if (outcome === layout.textOutcome) {
      const index = bytes.readUInt16LE(at + 44);
      const part = Buffer.from(bytes.subarray(at, at + Math.min(layout.textBytes, bytes.readUInt16LE(at + 40))));
      this.#texts.set(index, [...(this.#texts.get(index) ?? []), part]);
      return;
    }
    const [phase, granted] = [bytes[at + 46]! & 15, bytes[at + 46]! >>> 4];
    if (outcome >= outcomes.length || phase >= loadPhases.length || granted >= grants.length) {
      throw damaged(this.#path, offset);
    }
    const history = this.#history;
    const row = this.#count;
    const intendedMs = bytes.readDoubleLE(at);
    const value = bytes.readUInt32LE(at + 28);
    history.intendedMs[row] = intendedMs;
    history.dispatchedMs[row] = timeAfter(intendedMs, bytes.readUInt32LE(at + 8));
    history.wireMs[row] = timeAfter(intendedMs, bytes.readUInt32LE(at + 12));
    history.endMs[row] = timeAfter(intendedMs, bytes.readUInt32LE(at + 16));
    history.id[row] = bytes.readUInt32LE(at + 20);
    history.key[row] = bytes.readUInt32LE(at + 24);
    history.value[row] = value === layout.never ? Number.NaN : value;
    history.version[row] = bytes.readDoubleLE(at + 32);
    history.session[row] = bytes.readUInt16LE(at + 40);
    history.operation[row] = bytes[at + 42]!;
    history.outcome[row] = outcome;
    history.error[row] = bytes.readUInt16LE(at + 44);
    history.phase[row] = phase;
    history.granted[row] = granted;
    history.target[row] = bytes[at + 47]!;
    this.#count += 1;
  }
}

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
    throw usageError({ code: "HISTORY_UNREADABLE", where: path, message, remedy }, { cause: error });
  }
}

function checkHeader(path: string, header: Buffer): void {
  const isOurs =
    header.length === layout.recordSize && header.toString("latin1", 0, layout.magic.length) === layout.magic;
  const version = isOurs ? header.readUInt32LE(8) : Number.NaN;
  if (version === layout.version && header.readUInt32LE(12) === layout.recordSize) return;
  const what = isOurs ? `a history of layout ${version}` : "no history of a Faultline run";
  const message = `this is ${what}; this version reads layout ${layout.version}`;
  const remedy = "Read it with the version of Faultline that wrote it (`faultline` in its run.json), or run it again.";
  throw usageError({ code: "HISTORY_UNKNOWN_FORMAT", where: path, message, remedy });
}

function damaged(path: string, offset: number): FaultlineError {
  const message = `the block at byte ${offset} is not as it was written`;
  const remedy = "The file was changed or the disk is failing; run it again.";
  return usageError({ code: "HISTORY_DAMAGED", where: path, message, remedy });
}
