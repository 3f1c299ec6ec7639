import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunRecord } from "../model/run.ts";
import { readRun } from "./read-run.ts";
import { createRunFolder, runsIn } from "./run-folder.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "reports-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const record = { schemaVersion: 2, id: "x", verdict: "pass" } as RunRecord;

test("runs of one second get folders of their own, and latest points to the one published last", () => {
  const [one, two] = [createRunFolder(root, "run"), createRunFolder(root, "run")];
  expect([one.id, two.id]).toEqual(["run", "run-2"]);
  one.publish();
  two.publish();
  expect(readlinkSync(join(root, "latest"))).toBe("run-2");
  one.publish();
  expect(readlinkSync(join(root, "latest"))).toBe("run");
});

test("the runs of a folder are those with a record, without latest and what is still being copied", () => {
  for (const name of ["run-b", "run-a", "latest", ".run-c", "none"]) mkdirSync(join(root, name));
  for (const name of ["run-b", "run-a", "latest", ".run-c"]) writeFileSync(join(root, name, "run.json"), "{}");
  expect(runsIn(root)).toEqual(["run-a", "run-b"]);
});

test("what was written is read again, and what is missing is said", () => {
  const folder = createRunFolder(root, "run");
  folder.writeRecord(record);
  folder.appendEvent({ atMs: 1, type: "phase", phase: "steady" });
  writeFileSync(join(folder.logs, "api-1.log"), "one\ntwo\n");
  const run = readRun(folder.path);
  expect(run.record).toEqual(record);
  expect(run.events).toEqual([{ atMs: 1, type: "phase", phase: "steady" }]);
  expect(run.logs).toEqual({ "api-1": ["one", "two"] });
  expect(run.history).toBeUndefined();
  expect(run.missing).toEqual([expect.stringMatching(/^the history: /)]);
});

test("a final state is missed only in a run that had its audit", () => {
  const folder = createRunFolder(root, "run");
  folder.writeRecord(record);
  expect(readRun(folder.path).missing.join()).not.toContain("final state");
  folder.appendEvent({ atMs: 1, type: "audited", registers: 0, items: 0, atRest: true });
  expect(readRun(folder.path).missing.join()).toContain("the final state: ");
  folder.writeFinalState({ registers: [], items: [{ id: 1, count: 1 }] });
  expect(readRun(folder.path).finalState?.items).toEqual([{ id: 1, count: 1 }]);
});

test("a final state that an earlier version stored as it came is added up, or missing with the reason", () => {
  const folder = createRunFolder(root, "run");
  folder.writeRecord(record);
  folder.appendEvent({ atMs: 1, type: "audited", registers: 1, items: 2, atRest: true });
  const item = { id: 1, count: 1 };
  const stored = (state: object) => {
    writeFileSync(join(folder.path, "final-state.json"), JSON.stringify(state));
    return readRun(folder.path);
  };
  expect(stored({ registers: [], items: [item, item], note: "mine" }).finalState).toEqual({
    registers: [],
    items: [{ id: 1, count: 2 }],
  });
  const run = stored({ registers: [{ key: 3, version: "17", value: null }], items: [item] });
  expect(run.finalState).toBeUndefined();
  expect(run.missing.join()).toMatch(/the final state: registers\[0\]\.version is the text "17"/);
  expect(run.finalStateProblem).toContain("registers[0].version");
});

test("a torn last event is what a killed runner leaves", () => {
  const folder = createRunFolder(root, "run");
  folder.writeRecord(record);
  folder.appendEvent({ atMs: 1, type: "note", text: "a" });
  appendFileSync(join(folder.path, "events.jsonl"), '{"atMs":2,"type":"no');
  expect(readRun(folder.path).events).toEqual([{ atMs: 1, type: "note", text: "a" }]);
});

test("a record is written whole or not at all", () => {
  const folder = createRunFolder(root, "run");
  folder.writeRecord(record);
  folder.writeRecord({ ...record, verdict: "fail" });
  expect(JSON.parse(readFileSync(join(folder.path, "run.json"), "utf8")).verdict).toBe("fail");
  expect(existsSync(join(folder.path, "run.json.new"))).toBe(false);
});

test.each([
  ["a record of another version", '{"schemaVersion": 99}', "UNKNOWN_RUN_VERSION"],
  ["a record that is torn", '{"schemaVer', "NOT_A_RUN"],
])("%s is refused", (_what, text, code) => {
  const folder = createRunFolder(root, "run");
  writeFileSync(join(folder.path, "run.json"), text);
  expect(() => readRun(folder.path)).toThrow(expect.objectContaining({ code, exit: 64 }));
});

test("a run that does not exist says so, and which one was probably meant", () => {
  const refused = expect.objectContaining({ code: "NOT_A_RUN", message: expect.stringMatching(/does not exist/) });
  expect(() => readRun(join(root, "nowhere"))).toThrow(refused);
});

test("a disk with too little room is told before anything is written", () => {
  const full = () => createRunFolder(root, "run", { freeBytes: Number.MAX_SAFE_INTEGER });
  expect(full).toThrow(expect.objectContaining({ code: "REPORTS_NOT_WRITABLE", exit: 3 }));
  expect(full).toThrow(/only [\d,.]+ [kMG]B are free/);
  expect(existsSync(join(root, "run"))).toBe(false);
});
