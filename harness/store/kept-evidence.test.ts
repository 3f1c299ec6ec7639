import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { KeptEvidenceWriter, readKeptEvidence } from "./kept-evidence.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "faultline-kept-"));
  path = join(folder, "evidence.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("gives back what was kept, and leaves no file when nothing was", () => {
  const writer = new KeptEvidenceWriter(path);
  writer.flush();
  expect(writer.reasons()).toEqual([]);
  expect(existsSync(path)).toBe(false);
  expect(readKeptEvidence(path)).toEqual({ kept: new Map(), cut: 0, isTorn: false });
  writer.keep(3, { rows: ["a\nb", null] });
  writer.flush();
  writer.keep(1, false);
  writer.flush();
  const kept = new Map<number, unknown>([
    [3, { rows: ["a\nb", null] }],
    [1, false],
  ]);
  expect(readKeptEvidence(path)).toEqual({ kept, cut: 0, isTorn: false });
});

it("counts what goes beyond the bound of a run, and says so also when the run is killed later", () => {
  const writer = new KeptEvidenceWriter(path, [], 60);
  for (const id of [0, 1, 2, 3]) writer.keep(id, "x");
  writer.leftOut();
  writer.flush();
  expect(readKeptEvidence(path)).toMatchObject({ cut: 3 });
  expect([...readKeptEvidence(path).kept.keys()]).toEqual([0, 1]);
  writer.leftOut();
  writer.flush();
  expect(writer.reasons()).toEqual([expect.stringMatching(/^4 operations gave more evidence than is kept/)]);
  expect(readKeptEvidence(path).cut).toBe(4);
});

it("keeps no secret", () => {
  const writer = new KeptEvidenceWriter(path, ["hunter22"]);
  writer.keep(0, { seen: "it was hunter22", password: "abc", header: "Bearer abcdefgh1234" });
  writer.flush();
  expect(readFileSync(path, "utf8")).not.toMatch(/hunter22|abc/);
  expect(readKeptEvidence(path).kept.get(0)).toMatchObject({ password: "***" });
});

it("reads what a killed run left, and refuses what was changed", () => {
  const writer = new KeptEvidenceWriter(path);
  writer.keep(0, 1);
  writer.flush();
  appendFileSync(path, '{"id":1,"evid');
  expect(readKeptEvidence(path)).toEqual({ kept: new Map([[0, 1]]), cut: 0, isTorn: true });
  for (const line of ["nonsense", "null", "7", '{"id":1.5,"evidence":1}', '{"id":1}', '{"cut":"3"}']) {
    writeFileSync(path, `${line}\n`);
    expect(() => readKeptEvidence(path), line).toThrow(/line 1/);
  }
});
