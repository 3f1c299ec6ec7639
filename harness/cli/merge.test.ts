import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunRecord } from "../model/run.ts";
import { sampleRun } from "../report/testing/sample-run.ts";
import { createRunFolder } from "../store/run-folder.ts";
import { readHistoryLines } from "../store/run-history.ts";
import { merge } from "./merge.ts";
import type { Output } from "./output.ts";
import { writeShard } from "./shard.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "merge-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (...names: readonly string[]): string => join(root, ...names);
const silent = { say: () => undefined, print: () => undefined } as unknown as Output;
const mergeAll = (...shards: readonly string[]): number =>
  merge(
    shards.map((name) => at(name)),
    { output: at("all") },
    silent,
  );

/** The reports of a shard, as CI hands them on: a copy has a folder in the place of the link `latest`. */
function shardWith(index: number, name: string, exit: number, more: Partial<RunRecord> = {}): string {
  const folder = createRunFolder(at(`${index}`), name);
  const { record } = sampleRun({ verdict: exit === 0 ? "pass" : "fail", perSecond: 10 });
  folder.writeRecord({ ...record, id: name, ...more });
  cpSync(folder.path, at(`${index}`, "latest"), { recursive: true });
  writeShard(at(`${index}`), { index, of: 2, exit, runs: [name], skipped: [] });
  return name;
}

test("shards that went through CI's store are joined: each run once, the worst exit, the newest as latest", () => {
  const runs = [shardWith(1, "20260304T050607Z-one-7", 1), shardWith(2, "20260304T060607Z-two-7", 0)];
  expect(mergeAll("1", "2")).toBe(1);
  expect(readHistoryLines(at("all")).runs.map(({ id }) => id)).toEqual(expect.arrayContaining(runs));
  expect(readHistoryLines(at("all")).runs).toHaveLength(2);
  expect(readlinkSync(at("all", "latest"))).toBe(runs[1]);
  expect(readFileSync(at("all", "junit.xml"), "utf8").match(/<testsuite /g)).toHaveLength(2);
  expect(mergeAll("1", "2")).toBe(1);
});

test("another run of the same name is not overwritten", () => {
  const name = shardWith(1, "20260304T050607Z-one-7", 0);
  shardWith(2, name, 0, { sentence: "another" });
  expect(() => mergeAll("1", "2")).toThrow(expect.objectContaining({ code: "RUN_EXISTS", exit: 64 }));
  expect(readFileSync(at("all", name, "run.json"), "utf8")).toBe(readFileSync(at("1", name, "run.json"), "utf8"));
});

test("a merge that was ended halfway is begun anew, and leaves nothing half", () => {
  const name = shardWith(1, "20260304T050607Z-one-7", 0);
  mkdirSync(at("all", `.${name}`), { recursive: true });
  for (const file of ["run.json", "gone.txt"]) writeFileSync(at("all", `.${name}`, file), "{");
  expect(mergeAll("1")).toBe(2);
  expect(existsSync(at("all", name, "gone.txt"))).toBe(false);
  expect(existsSync(at("all", `.${name}`))).toBe(false);
});

test.each(["", "{", "null", "[]", '{"index":3,"of":2,"exit":0,"skipped":[]}', '{"index":1,"of":2,"skipped":[]}'])(
  "a shard's file that says %j is refused",
  (text) => {
    shardWith(1, "20260304T050607Z-one-7", 0);
    writeFileSync(at("1", "shard-1-of-2.json"), text);
    expect(() => mergeAll("1")).toThrow(expect.objectContaining({ code: "NOT_A_SHARD", exit: 64 }));
  },
);
