import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { FaultlineError } from "../model/errors.ts";
import { grants, loadPhases, type OperationRecord, outcomes, rowAt } from "../model/history.ts";
import { HistoryWriter, readHistory } from "./history-file.ts";
import { layout } from "./history-layout.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "faultline-fuzz-"));
  path = join(folder, "history.bin");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const record = (id: number, error = 0): OperationRecord => ({
  id,
  operation: 1,
  session: 2,
  key: 3,
  target: 1,
  phase: 2,
  granted: 1,
  outcome: 3,
  error,
  value: id,
  version: id + 0.5,
  intendedMs: 1000 + id,
  dispatchedMs: 1001 + id,
  wireMs: 1002 + id,
  endMs: 1010 + id,
  flags: 0,
});

/** Three blocks: records, a text with its record, records. */
function whole(): Buffer {
  const writer = new HistoryWriter(path);
  for (const id of [0, 1]) writer.append(record(id));
  writer.flush();
  writer.append(record(2, writer.errorIndex("503 circuit open, and some more words than fit into one record")));
  writer.flush();
  for (const id of [3, 4]) writer.append(record(id));
  writer.close();
  return readFileSync(path);
}

/** The records that a file holds, or the code of the error that it is refused with. */
function attempt(bytes: Uint8Array): readonly OperationRecord[] | string {
  writeFileSync(path, bytes);
  try {
    const { history } = readHistory(path);
    return Array.from({ length: history.count }, (_, row) => rowAt(history, row));
  } catch (error) {
    if (error instanceof FaultlineError) return error.code;
    throw error;
  }
}

const codes = ["HISTORY_DAMAGED", "HISTORY_UNKNOWN_FORMAT"];

it("cut at any byte, is the shorter history of its whole blocks", () => {
  const bytes = whole();
  const all = attempt(bytes) as readonly OperationRecord[];
  expect(all.length).toBe(5);
  const lengths = Array.from({ length: bytes.length }, (_, length) => attempt(bytes.subarray(0, length)));
  for (const [length, read] of lengths.entries()) {
    if (length < layout.recordSize) expect(read, `${length}`).toBe("HISTORY_UNKNOWN_FORMAT");
    else expect(all.slice(0, read.length), `${length}`).toEqual(read);
  }
  // A header, then 2, 3 and 5 records as their seals come in.
  const counts = lengths.slice(layout.recordSize).map((read) => read.length);
  expect([...new Set(counts)]).toEqual([0, 2, 3]);
});

it("with any one bit flipped, is refused or shorter, and never wrong", () => {
  const bytes = whole();
  const all = attempt(bytes) as readonly OperationRecord[];
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = Buffer.from(bytes);
    flipped[bit >>> 3]! ^= 1 << (bit & 7);
    const read = attempt(flipped);
    if (typeof read === "string") expect(codes).toContain(read);
    else expect(all.slice(0, read.length), `bit ${bit}`).toEqual(read);
  }
});

it("of random bytes behind a good header, is refused or empty", () => {
  const header = whole().subarray(0, layout.recordSize);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      const read = attempt(Buffer.concat([header, bytes]));
      if (typeof read === "string") expect(codes).toContain(read);
      else expect(read).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

it("of random records under a seal that is right, holds only what a history can hold", () => {
  const header = whole().subarray(0, layout.recordSize);
  const anyRecords = fc.array(fc.uint8Array({ minLength: layout.recordSize, maxLength: layout.recordSize }), {
    minLength: 1,
    maxLength: 20,
  });
  const anyOutcome = fc.constantFrom(...outcomes.map((_, code) => code), layout.textOutcome, 6, 100);
  let [held, refused] = [0, 0];
  fc.assert(
    fc.property(anyRecords, anyOutcome, fc.nat(255), (records, outcome, phase) => {
      const block = Buffer.concat(records);
      for (let at = 0; at < block.length; at += layout.recordSize) {
        block[at + layout.outcomeAt] = outcome;
        block[at + 46] = phase & 0x37;
      }
      const seal = Buffer.alloc(layout.recordSize);
      seal.writeUInt32LE(crc32(block), 0);
      seal.writeUInt32LE(records.length, 4);
      seal[layout.outcomeAt] = layout.sealOutcome;
      const read = attempt(Buffer.concat([header, block, seal]));
      if (typeof read === "string") {
        refused += 1;
        expect(read).toBe("HISTORY_DAMAGED");
        return;
      }
      held += 1;
      for (const one of read) {
        expect(one.outcome).toBeLessThan(outcomes.length);
        expect(one.phase).toBeLessThan(loadPhases.length);
        expect(one.granted).toBeLessThan(grants.length);
      }
    }),
    { numRuns: 500 },
  );
  expect(Math.min(held, refused)).toBeGreaterThan(20);
});
