import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunSummary } from "../model/run-summary.ts";
import { appendToHistory, readHistoryLines, writeHistory } from "./run-history.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "history-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const summary = (id: string, more: Partial<RunSummary> = {}): RunSummary => ({
  version: 1,
  id,
  scenario: "s",
  name: "a sentence",
  system: "shop",
  seed: "7",
  startedAt: `2026-01-01T00:00:0${id}Z`,
  status: "complete",
  verdict: "pass",
  sentence: "held",
  p99Ms: 12.5,
  recoveryMs: null,
  targets: ["db"],
  coverage: [],
  ...more,
});

test("what was added is read again, oldest first, each run once and as it was judged last", () => {
  appendToHistory(root, summary("2"));
  appendToHistory(root, summary("1"));
  appendToHistory(root, summary("2", { verdict: "fail" }));
  const { runs, unreadable } = readHistoryLines(root);
  expect(runs.map(({ id, verdict }) => [id, verdict])).toEqual([
    ["1", "pass"],
    ["2", "fail"],
  ]);
  expect(unreadable).toBe(0);
  expect(readHistoryLines(join(root, "nowhere"))).toEqual({ runs: [], unreadable: 0 });
});

test("lines that are torn, foreign or of another version are counted and left out; written anew they are gone", () => {
  appendToHistory(root, summary("1"));
  appendFileSync(join(root, "history.jsonl"), `{"version":1,"id":"2\n[]\nnull\n{"version":99,"id":"3"}\n`);
  appendToHistory(root, summary("4"));
  const { runs, unreadable } = readHistoryLines(root);
  expect(runs.map(({ id }) => id)).toEqual(["1", "4"]);
  expect(unreadable).toBe(4);
  writeHistory(root, runs);
  expect(readHistoryLines(root)).toEqual({ runs, unreadable: 0 });
});

test("a line that was torn does not take the next one with it", () => {
  appendToHistory(root, summary("1"));
  appendFileSync(join(root, "history.jsonl"), `{"version":1,"id":"2`);
  appendToHistory(root, summary("3"));
  const { runs, unreadable } = readHistoryLines(root);
  expect(runs.map(({ id }) => id)).toEqual(["1", "3"]);
  expect(unreadable).toBe(1);
});

test.each<[string, Record<string, unknown>]>([
  ["no start", { startedAt: undefined }],
  ["no verdict that there is", { verdict: "green" }],
  ["a time that is a text", { p99Ms: "12" }],
  ["a recovery that there is no word for", { recovery: "perhaps" }],
  ["no places", { targets: undefined }],
  ["broken checks that are no texts", { unplaced: [{}] }],
  [
    "a cell without a word that there is",
    { coverage: [{ target: "db", kind: "kill", operation: "buy", word: "fine" }] },
  ],
  ["a cell that is none", { coverage: [null] }],
])("a line of this version with %s is left out", (_what, wrong) => {
  appendToHistory(root, summary("1"));
  appendToHistory(root, summary("2", wrong));
  const { runs, unreadable } = readHistoryLines(root);
  expect(runs.map(({ id }) => id)).toEqual(["1"]);
  expect(unreadable).toBe(1);
});

test("a secret in a name is not kept", () => {
  appendToHistory(root, summary("1", { sentence: "postgres://shop:s3cret-word@db refused" }));
  expect(readFileSync(join(root, "history.jsonl"), "utf8")).not.toContain("s3cret-word");
});

test("runs that end at once in several processes do not tear each other's lines", async () => {
  const module = new URL("./run-history.ts", import.meta.url).href;
  const program = (name: string): string => `
    const { appendToHistory } = await import(${JSON.stringify(module)});
    const one = ${JSON.stringify(summary("1", { sentence: "x".repeat(20_000) }))};
    for (let index = 0; index < 100; index += 1) appendToHistory(${JSON.stringify(root)}, { ...one, id: "${name}" + index });
  `;
  const writers = ["a", "b", "c"].map((name) =>
    spawn(process.execPath, ["--input-type=module", "-e", program(name)], { stdio: "inherit" }),
  );
  await Promise.all(writers.map((writer) => once(writer, "exit")));
  const { runs, unreadable } = readHistoryLines(root);
  expect([runs.length, unreadable]).toEqual([300, 0]);
});
