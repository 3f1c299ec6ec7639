import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FaultlineError } from "../model/errors.ts";
import { grants, loadPhases, type OperationRecord, operationFlags, outcomes, rowAt } from "../model/history.ts";
import { HistoryWriter, readHistory } from "./history-file.ts";
import { blockBytes, layout } from "./history-layout.ts";

let folder = "";
let files = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "faultline-history-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const freshPath = (): string => {
  files += 1;
  return join(folder, `${files}.bin`);
};

const u32 = fc.nat(0xffff_fffe);
/** As the load generator makes them: whole microseconds after a due time of any fraction. */
const anyRecord: fc.Arbitrary<OperationRecord> = fc
  .record({
    id: u32,
    operation: fc.nat(255),
    session: fc.nat(65_535),
    key: u32,
    target: fc.nat(255),
    phase: fc.nat(loadPhases.length - 1),
    granted: fc.nat(grants.length - 1),
    outcome: fc.nat(outcomes.length - 1),
    error: fc.nat(65_535),
    value: fc.option(u32, { nil: Number.NaN }),
    version: fc.double(),
    intendedMs: fc.double({ min: 0, max: 1e7, noNaN: true }),
    dispatchedUs: fc.option(u32, { nil: Number.NaN }),
    wireUs: fc.option(u32, { nil: Number.NaN }),
    endUs: u32,
    isFlagged: fc.boolean(),
  })
  .map(({ dispatchedUs, wireUs, endUs, isFlagged, ...record }) => ({
    ...record,
    flags: isFlagged ? flagOf(record.outcome) : 0,
    dispatchedMs: record.intendedMs + dispatchedUs / 1000,
    wireMs: record.intendedMs + wireUs / 1000,
    endMs: record.intendedMs + endUs / 1000,
  }));

/** The flag that an operation with this outcome may have. */
const flagOf = (outcome: number): number =>
  ({ ok: operationFlags.absent, rejected: operationFlags.notExecuted })[outcomes[outcome] as string] ?? 0;

function recordWith(id: number): OperationRecord {
  const none = { operation: 0, session: 0, key: 0, target: 0, phase: 1, granted: 0, outcome: 0, error: 0, flags: 0 };
  const times = { intendedMs: id, dispatchedMs: id, wireMs: id, endMs: id + 1 };
  return { id, ...none, value: Number.NaN, version: Number.NaN, ...times };
}

/** @param flushAfter after every so many records a block is written */
function written(records: readonly OperationRecord[], flushAfter = Number.POSITIVE_INFINITY): string {
  const path = freshPath();
  const writer = new HistoryWriter(path);
  for (const [index, record] of records.entries()) {
    writer.append(record);
    if ((index + 1) % flushAfter === 0) writer.flush();
  }
  writer.close();
  return path;
}

const rowsOf = (path: string): OperationRecord[] => {
  const { history } = readHistory(path);
  return Array.from({ length: history.count }, (_, row) => rowAt(history, row));
};

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof FaultlineError) return `${error.code} ${error.exit}`;
    throw error;
  }
  return "nothing was thrown";
}

describe("a history file", { timeout: 60_000 }, () => {
  it("gives back what was appended", () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 30 }), fc.integer({ min: 1, max: 10 }), (records, flushAfter) => {
        expect(rowsOf(written(records, flushAfter))).toEqual(records);
      }),
      { numRuns: 60 },
    );
  });

  it("gives back more than one block of them", () => {
    const count = Math.ceil((2.5 * blockBytes) / layout.recordSize);
    const path = written(Array.from({ length: count }, (_, id) => recordWith(id)));
    const { history, tornBytes } = readHistory(path);
    expect(history.count).toBe(count);
    expect(history.id.subarray(0, count).every((id, row) => id === row)).toBe(true);
    expect(tornBytes).toBe(0);
  });

  it("carries the texts of its errors", () => {
    const path = freshPath();
    const writer = new HistoryWriter(path);
    const long = `${"a".repeat(150)}${"ü".repeat(60)}`;
    expect(["", "reset", long, "reset", "refused"].map((text) => writer.errorIndex(text))).toEqual([0, 1, 2, 1, 3]);
    writer.append(recordWith(7));
    writer.close();
    const { errors, history } = readHistory(path);
    expect(errors).toEqual(["", "reset", `${"a".repeat(150)}${"ü".repeat(25)}`, "refused"]);
    expect(history.count).toBe(1);
  });

  it("gives a flood of different error texts one number", () => {
    const writer = new HistoryWriter(freshPath());
    const indexes = Array.from({ length: 3000 }, (_, index) => writer.errorIndex(`error of operation ${index}`));
    writer.close();
    expect(new Set(indexes).size).toBe(1000);
    expect(new Set(indexes.slice(1000)).size).toBe(1);
  });

  it("cut anywhere, is the shorter history of its whole blocks", () => {
    const records = Array.from({ length: 6 }, (_, id) => recordWith(id));
    const path = written(records, 2);
    const whole = statSync(path).size;
    const blockSize = 3 * layout.recordSize;
    for (let size = whole; size >= layout.recordSize; size -= 1) {
      truncateSync(path, size);
      const blocks = Math.floor((size - layout.recordSize) / blockSize);
      const { history, tornBytes } = readHistory(path);
      expect(history.count).toBe(2 * blocks);
      expect(Array.from(history.id.subarray(0, history.count))).toEqual(
        records.slice(0, 2 * blocks).map(({ id }) => id),
      );
      expect(tornBytes).toBe(size - layout.recordSize - blocks * blockSize);
    }
    truncateSync(path, layout.recordSize - 1);
    expect(codeOf(() => readHistory(path))).toBe("HISTORY_UNKNOWN_FORMAT 64");
  });

  it("with one bit flipped is refused, or shorter, but never wrong", () => {
    const records = Array.from({ length: 4 }, (_, id) => recordWith(id));
    const bytes = readFileSync(written(records, 2));
    const path = freshPath();
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(path, flipped);
      const refusal = codeOf(() => {
        const rows = rowsOf(path);
        expect(rows).toEqual(records.slice(0, rows.length));
      });
      expect(["nothing was thrown", "HISTORY_DAMAGED 64", "HISTORY_UNKNOWN_FORMAT 64"]).toContain(refusal);
    }
  });

  it("of random bytes is refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        const path = freshPath();
        writeFileSync(path, bytes);
        expect(codeOf(() => readHistory(path))).toBe("HISTORY_UNKNOWN_FORMAT 64");
      }),
      { numRuns: 50 },
    );
  });

  it("of another layout is refused, and says which one it is", () => {
    const path = written([recordWith(1)]);
    const bytes = readFileSync(path);
    bytes.writeUInt32LE(1, 8);
    writeFileSync(path, bytes);
    expect(codeOf(() => readHistory(path))).toBe("HISTORY_UNKNOWN_FORMAT 64");
    expect(() => readHistory(path)).toThrow(/layout 1; this version reads layouts 2 to 3/);
    expect(codeOf(() => readHistory(join(folder, "absent.bin")))).toBe("NO_HISTORY 64");
  });

  it("of layout 2 is read, without flags, and refused where it has bits that it did not have", () => {
    const path = written([{ ...recordWith(1), granted: 2 }]);
    const bytes = readFileSync(path);
    bytes.writeUInt32LE(2, 8);
    writeFileSync(path, bytes);
    expect(rowsOf(path)).toEqual([{ ...recordWith(1), granted: 2 }]);
    const flagged = readFileSync(written([{ ...recordWith(1), flags: operationFlags.absent }]));
    flagged.writeUInt32LE(2, 8);
    writeFileSync(path, flagged);
    expect(codeOf(() => readHistory(path))).toBe("HISTORY_DAMAGED 64");
  });

  it("is refused where a flag contradicts the outcome", () => {
    const ok = outcomes.indexOf("ok");
    const both = operationFlags.absent | operationFlags.notExecuted;
    for (const flags of [operationFlags.notExecuted, both]) {
      expect(codeOf(() => readHistory(written([{ ...recordWith(1), outcome: ok, flags }])))).toBe("HISTORY_DAMAGED 64");
    }
    const rejected = { ...recordWith(1), outcome: outcomes.indexOf("rejected"), flags: operationFlags.absent };
    expect(codeOf(() => readHistory(written([rejected])))).toBe("HISTORY_DAMAGED 64");
  });

  it("what was flushed is there without a close", () => {
    const path = freshPath();
    const writer = new HistoryWriter(path);
    for (let id = 0; id < 5; id += 1) writer.append(recordWith(id));
    expect(readHistory(path).history.count).toBe(0);
    writer.flush();
    expect(readHistory(path).history.count).toBe(5);
    expect(writer.count).toBe(5);
    writer.close();
    writer.close();
    expect(readHistory(path).history.count).toBe(5);
  });

  it("does not overwrite another, and says so when it cannot be written", () => {
    const path = written([recordWith(1)]);
    expect(codeOf(() => new HistoryWriter(path))).toBe("HISTORY_WRITE_FAILED 64");
    expect(rowsOf(path)).toHaveLength(1);
    expect(codeOf(() => new HistoryWriter(join(folder, "absent", "history.bin")))).toBe("HISTORY_WRITE_FAILED 64");
  });

  it("surfaces a full disk from flush and append, and what was written before stays readable", () => {
    const path = freshPath();
    const program = `
      import { HistoryWriter } from ${JSON.stringify(new URL("./history-file.ts", import.meta.url).href)};
      const record = ${JSON.stringify(recordWith(1))};
      const writer = new HistoryWriter(${JSON.stringify(path)});
      const codeOf = (action) => { try { action(); return "none"; } catch (error) { return error.code; } };
      const append = (count) => { for (let id = 0; id < count; id += 1) writer.append({ ...record, value: NaN, version: NaN }); };
      append(100); writer.flush(); append(1000);
      console.log([codeOf(() => writer.flush()), codeOf(() => append(1)), codeOf(() => writer.close())].join(" "));
    `;
    // A file may grow to 16 KiB here, and the kernel refuses what goes beyond, as a full disk does.
    const limited = `ulimit -f 16 && trap '' XFSZ && exec "$0" --input-type=module --eval "$1"`;
    const told = execFileSync("bash", ["-c", limited, process.execPath, program], { encoding: "utf8" });
    expect(told.trim()).toBe("HISTORY_WRITE_FAILED HISTORY_WRITE_FAILED none");
    const { history, tornBytes } = readHistory(path);
    expect(history.count).toBe(100);
    expect(tornBytes).toBeGreaterThan(0);
  });
});
