import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compare } from "../model/compare/comparison.ts";
import { sideOf } from "../model/compare/side-of.ts";
import { FaultlineError } from "../model/errors.ts";
import type { StoredRun } from "../model/run.ts";
import { sampleRun } from "../report/testing/sample-run.ts";
import { baselineText, readBaseline } from "./baseline-file.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baseline-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const three = (run: StoredRun): readonly StoredRun[] =>
  [1, 2, 3].map((index) => ({ ...run, record: { ...run.record, id: `${run.record.id}-${index}` } }));
const side = sideOf(three(sampleRun({ verdict: "pass" })));
const text = baselineText(side);
const document = (): Record<string, unknown> => JSON.parse(text);

function read(content: string) {
  const path = join(folder, "baseline.json");
  writeFileSync(path, content);
  return readBaseline(path);
}
function refusal(content: string): { code: string; exit: number; message: string } {
  try {
    read(content);
  } catch (error) {
    if (error instanceof FaultlineError) return { code: error.code, exit: error.exit, message: error.message };
    throw error;
  }
  throw new Error("was read");
}
const changed = (changes: object): string => JSON.stringify({ ...document(), ...changes });

test("what was written is read again, and compares as the runs themselves", () => {
  expect(read(text)).toEqual(side);
  const run = sideOf(three(sampleRun({ verdict: "fail" })));
  expect(compare(read(text), run)).toEqual(compare(side, run));
});

test("is small, has its keys in order, and a number that changes is one line", () => {
  expect(text.length).toBeLessThan(20_000);
  expect(text.endsWith("}\n")).toBe(true);
  const keys = Object.keys(document());
  expect(keys).toEqual(keys.toSorted());
  const [first, ...rest] = side.series;
  const other = baselineText({
    ...side,
    series: [{ ...first!, p50Ms: first!.p50Ms.map((ms) => (ms ?? 0) + 1) }, ...rest],
  });
  const [before, after] = [text.split("\n"), other.split("\n")];
  expect(after.length).toBe(before.length);
  expect(after.filter((line, index) => line !== before[index]).length).toBe(1);
});

test("is small also for a minute of many operations", () => {
  const long = sideOf(three(sampleRun({ verdict: "fail", perSecond: 500, stretch: 60 / 26 })));
  expect(long.series[0]!.p50Ms.length).toBe(3);
  expect(baselineText(long).length).toBeLessThan(20_000);
});

test("what is no baseline, or of another version, is refused with what to do", () => {
  expect(refusal("{ half")).toMatchObject({ code: "BROKEN_BASELINE", exit: 64 });
  expect(refusal("[]")).toMatchObject({ code: "NOT_A_BASELINE", exit: 64 });
  expect(refusal('{"schemaVersion":2,"id":"a run"}')).toMatchObject({ code: "NOT_A_BASELINE" });
  const old = refusal(changed({ schemaVersion: 99 }));
  expect(old).toMatchObject({ code: "UNKNOWN_BASELINE_VERSION", exit: 64 });
  expect(old.message).toContain("has schemaVersion 99, this Faultline reads 2");
  // Of version 1 only medians were kept, of which no one can say how far their runs differed.
  expect(refusal(changed({ schemaVersion: 1 })).message).toContain("from three runs or more");
  expect(() => readBaseline(join(folder, "none.json"))).toThrow(/BASELINE_NOT_READ/);
  expect(() => readBaseline(folder)).toThrow(/BASELINE_NOT_READ/);
});

test.each([
  [{ scenario: 7 }, "scenario must be text"],
  [{ verdict: "maybe" }, "verdict must be one of pass, inconclusive, fail"],
  [{ runs: "x" }, "runs must be an array"],
  [{ runs: [] }, "runs must have a run"],
  [{ runs: [side.runs[0], side.runs[0], side.runs[1]] }, "runs has a run twice"],
  [{ runs: side.runs.slice(1) }, "plan.draws must have one for each run"],
  [{ plan: { ...side.plan, draws: [{ ...side.plan.draws[0], seed: 1 }] } }, "plan.draws[0].seed must be text"],
  [{ plan: { ...side.plan, workloads: { shoppers: 120 } } }, "plan.workloads must be an object of texts"],
  [{ checks: [{ ...side.checks[0], numbers: { lost: "many" } }] }, "checks[0].numbers must be an object of numbers"],
  [{ series: [{ ...side.series[0], p99Ms: ["1"] }] }, "series[0].p99Ms[0] must be a number or null"],
  [{ series: [{ ...side.series[0], p99Ms: [1] }] }, "series[0] must have one number for each run"],
  [{ figures: [{ ...side.figures[0], unit: "miles" }] }, "figures[0].unit must be one of"],
])("a field that is not as it should be is named: %j", (changes, said) => {
  const { code, message } = refusal(changed(changes));
  expect(code).toBe("BROKEN_BASELINE");
  expect(message).toContain(said);
});

test("whatever is done to one of its values, it is read and compared, or refused: nothing else", () => {
  const paths: (string | number)[][] = [];
  const walk = (value: unknown, path: (string | number)[]): void => {
    if (path.length > 0) paths.push(path);
    if (typeof value !== "object" || value === null) return;
    for (const [key, one] of Object.entries(value)) walk(one, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  walk(document(), []);
  const odd = fc.constantFrom<unknown>(undefined, null, 7, -1e308, "x", [], {}, [null], { a: 1 }, true);
  fc.assert(
    fc.property(fc.constantFrom(...paths), odd, (path, value) => {
      const broken = document();
      let at: Record<string | number, unknown> = broken;
      for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
      at[path.at(-1)!] = value;
      try {
        compare(read(JSON.stringify(broken)), side);
      } catch (error) {
        expect(error).toBeInstanceOf(FaultlineError);
        expect((error as FaultlineError).exit).toBe(64);
      }
    }),
    { numRuns: 300 },
  );
});
