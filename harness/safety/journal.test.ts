import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openJournal, pendingSteps } from "./journal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journal-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const removing = (path: string) => ({ do: "removePath", path }) as const;

test("a step is on disk when record returns, and gone from what is pending when it is done", () => {
  const path = join(folder, "undo.jsonl");
  const journal = openJournal(path);
  const first = journal.record(removing("a"));
  journal.record(removing("b"));
  expect(readFileSync(path, "utf8").trimEnd().split("\n")).toHaveLength(2);
  expect(pendingSteps(path)).toEqual([removing("b"), removing("a")]);
  journal.done(first);
  expect(pendingSteps(path)).toEqual([removing("b")]);
  expect(journal.pending()).toEqual([removing("b")]);
  journal.close();
});

test("a torn last line was never acted on", () => {
  const path = join(folder, "undo.jsonl");
  const journal = openJournal(path);
  journal.record(removing("a"));
  journal.close();
  appendFileSync(path, '{"id":2,"step":{"do":"removePa');
  expect(pendingSteps(path)).toEqual([removing("a")]);
});

test("a journal that is not there has nothing pending", () => {
  expect(pendingSteps(join(folder, "none.jsonl"))).toEqual([]);
});
