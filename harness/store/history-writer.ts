import { closeSync, openSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { type FaultlineError, messageOf, usageError } from "../model/errors.ts";
import type { OperationRecord } from "../model/history.ts";
import { redact } from "../model/redact.ts";
import { blockBytes, layout } from "./history-layout.ts";

/** How much of an error's text is kept. */
const textLimitBytes = 5 * layout.textBytes;
/** More different texts than this are a flood (an id in each of them, say) and share one number. */
const errorLimit = 1000;
const tooManyErrors = "(more different errors than are kept)";

/** Writes a history as it happens. What was flushed survives the death of the process. */
export class HistoryWriter {
  readonly #path: string;
  readonly #file: number;
  readonly #block = Buffer.alloc(blockBytes);
  readonly #secrets: readonly string[];
  readonly #errors = new Map<string, number>([["", 0]]);
  #used = 0;
  #count = 0;
  #closed = false;
  /** After a write that failed nothing more is written: behind a torn block it could not be read. */
  #failure: FaultlineError | undefined;

  /**
   * @param path of a file that does not exist yet
   * @param secrets what must not be found in it, besides what looks like a secret
   * @throws FaultlineError HISTORY_WRITE_FAILED
   */
  constructor(path: string, secrets: readonly string[] = []) {
    this.#path = path;
    this.#secrets = secrets;
    this.#file = this.#guarded(() => openSync(path, "wx"));
    const header = Buffer.alloc(layout.recordSize);
    header.write(layout.magic, 0, "latin1");
    header.writeUInt32LE(layout.version, 8);
    header.writeUInt32LE(layout.recordSize, 12);
    this.#guarded(() => this.#writeAll(header));
  }

  /** Operations that were appended. */
  get count(): number {
    return this.#count;
  }

  /** @throws FaultlineError HISTORY_WRITE_FAILED */
  append(record: OperationRecord): void {
    const at = this.#next();
    const block = this.#block;
    block.writeDoubleLE(record.intendedMs, at);
    block.writeUInt32LE(microsecondsAfter(record.intendedMs, record.dispatchedMs), at + 8);
    block.writeUInt32LE(microsecondsAfter(record.intendedMs, record.wireMs), at + 12);
    block.writeUInt32LE(microsecondsAfter(record.intendedMs, record.endMs), at + 16);
    block.writeUInt32LE(record.id, at + 20);
    block.writeUInt32LE(record.key, at + 24);
    block.writeUInt32LE(Number.isNaN(record.value) ? layout.never : record.value, at + 28);
    block.writeDoubleLE(record.version, at + 32);
    block.writeUInt16LE(record.session, at + 40);
    block.writeUInt8(record.operation, at + 42);
    block.writeUInt8(record.outcome, at + layout.outcomeAt);
    block.writeUInt16LE(record.error, at + 44);
    block.writeUInt8(record.phase | (record.granted << 4) | ((record.flags ?? 0) << 6), at + 46);
    block.writeUInt8(record.target, at + 47);
    this.#count += 1;
  }

  /**
   * The number that stands for an error's text in this file; the text is stored when it is new.
   * @throws FaultlineError HISTORY_WRITE_FAILED
   */
  errorIndex(text: string): number {
    const known = this.#errors.get(text);
    if (known !== undefined) return known;
    const isFlood = this.#errors.size >= errorLimit;
    if (isFlood && text !== tooManyErrors) return this.errorIndex(tooManyErrors);
    const index = this.#errors.size;
    this.#errors.set(text, index);
    const bytes = Buffer.from(redact(text, this.#secrets)).subarray(0, textLimitBytes);
    for (let from = 0; from < bytes.length; from += layout.textBytes) {
      const part = bytes.subarray(from, from + layout.textBytes);
      const at = this.#next();
      this.#block.fill(0, at, at + layout.recordSize);
      part.copy(this.#block, at);
      this.#block.writeUInt16LE(part.length, at + 40);
      this.#block.writeUInt8(layout.textOutcome, at + layout.outcomeAt);
      this.#block.writeUInt16LE(index, at + 44);
    }
    return index;
  }

  /**
   * Seals and writes what is not written yet.
   * @throws FaultlineError HISTORY_WRITE_FAILED
   */
  flush(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#used === 0) return;
    const at = this.#used;
    this.#block.fill(0, at, at + layout.recordSize);
    this.#block.writeUInt32LE(crc32(this.#block.subarray(0, at)), at);
    this.#block.writeUInt32LE(at / layout.recordSize, at + 4);
    this.#block.writeUInt8(layout.sealOutcome, at + layout.outcomeAt);
    this.#used = 0;
    this.#guarded(() => this.#writeAll(this.#block.subarray(0, at + layout.recordSize)));
  }

  /**
   * Flushes and closes the file, which is closed even when flushing fails. Twice is harmless, and a write error that
   * was thrown before is not thrown again.
   * @throws FaultlineError HISTORY_WRITE_FAILED
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#failure === undefined) this.flush();
    } finally {
      this.#guarded(() => closeSync(this.#file));
    }
  }

  /** Room for one more record; the seal's own room is kept free. */
  #next(): number {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#used + 2 * layout.recordSize > blockBytes) this.flush();
    const at = this.#used;
    this.#used += layout.recordSize;
    return at;
  }

  /** A write may be short when the disk is nearly full. */
  #writeAll(bytes: Buffer): void {
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.#file, bytes, written, bytes.length - written);
    }
  }

  #guarded<Result>(write: () => Result): Result {
    try {
      return write();
    } catch (error) {
      const message = `the history could not be written: ${messageOf(error)}`;
      const remedy = "Free some disk space, or run where the folder can be written.";
      this.#failure = usageError(
        { code: "HISTORY_WRITE_FAILED", where: this.#path, message, remedy },
        { cause: error },
      );
      throw this.#failure;
    }
  }
}

const microsecondsAfter = (fromMs: number, toMs: number): number =>
  Number.isNaN(toMs) ? layout.never : Math.min(layout.never - 1, Math.max(0, Math.round((toMs - fromMs) * 1000)));
