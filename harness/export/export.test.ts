import { HistogramLogReader, initWebAssembly } from "hdr-histogram-js";
import { expect, test } from "vitest";
import { summarise } from "../model/measure/summary.ts";
import { sampleRun } from "../report/testing/sample-run.ts";
import { type ExportSource, exportFormats } from "./index.ts";
import { columns } from "./rows.ts";

const run = sampleRun({ verdict: "fail" });
const source: ExportSource = { record: run.record, history: run.history!, errors: run.errors };
const text = (format: string, of = source): string => [...exportFormats[format]!.pieces(of)].join("");

/** RFC 4180, by hand: what a reader of CSV does. */
function parsed(csv: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    rows.at(-1)!.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === "\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

test("csv and jsonl tell every operation, and the same", () => {
  const [header, ...rows] = parsed(text("csv"));
  expect(header).toEqual(columns.map(({ name }) => name));
  expect(rows.length).toBe(source.history.count);
  const objects = text("jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, string | number>);
  expect(objects.length).toBe(rows.length);
  for (const [index, object] of objects.entries()) {
    const told = header!.map((name) => String(object[name] ?? ""));
    expect(rows[index]).toEqual(told);
  }
  expect(objects[0]).toMatchObject({ id: 0, workload: "shoppers", phase: "warmUp", target: "api-1" });
  expect(objects.find(({ outcome }) => outcome === "rejected")).toMatchObject({ error: "503 circuit open" });
});

test("csv carries texts with commas, quotes and line ends", () => {
  const wild = 'said "no", twice\nand left';
  const errors = source.errors.map((error) => (error === "" ? "" : wild));
  const [header, ...rows] = parsed(text("csv", { ...source, errors }));
  const cells = new Set(rows.map((row) => row[header!.indexOf("error")]));
  expect(cells).toEqual(new Set(["", wild]));
});

test("hdr is read by HdrHistogram's own reader, phase by phase and operation by operation", async () => {
  await initWebAssembly();
  const reader = new HistogramLogReader(text("hdr"));
  let seen = 0;
  for (let interval = reader.nextIntervalHistogram(); interval !== null; interval = reader.nextIntervalHistogram()) {
    const phase = ["warmUp", "steady", "faults", "recovery"].findIndex((name) => interval?.tag?.startsWith(`${name}.`));
    const operation = run.record.plan.operations.findIndex(({ name }) =>
      interval?.tag?.endsWith(name.replaceAll(" ", "_")),
    );
    const { ok } = summarise(source.history, { phase, operation });
    expect(interval.totalCount, interval.tag).toBe(ok.samples);
    if (ok.p50Ms !== undefined) {
      const p50Ms = interval.getValueAtPercentile(50) / 1000;
      expect(Math.abs(p50Ms - ok.p50Ms)).toBeLessThan(ok.p50Ms * 0.002 + 0.002);
    }
    seen += 1;
  }
  expect(seen).toBe(4 * run.record.plan.operations.length);
});

test("text comes in pieces, however long the history is", () => {
  for (const format of ["csv", "jsonl"]) {
    const pieces = [...exportFormats[format]!.pieces(source)];
    expect(pieces.length).toBeGreaterThan(source.history.count / 1000);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(300_000);
  }
});
