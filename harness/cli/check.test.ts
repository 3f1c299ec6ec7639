import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createColors } from "picocolors";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { availability, nothingHangs, noWrongAnswers } from "../index.ts";
import type { Check } from "../model/check.ts";
import { rowAt } from "../model/history.ts";
import type { RunRecord } from "../model/run.ts";
import type { Verdict } from "../model/verdict.ts";
import { sampleRun } from "../report/testing/sample-run.ts";
import { judgedRecord } from "../run/record.ts";
import { HistoryWriter } from "../store/history-file.ts";
import { readRun } from "../store/read-run.ts";
import { createRunFolder } from "../store/run-folder.ts";
import { type CheckFlags, check } from "./check.ts";
import type { Output } from "./output.ts";

const shelf = fileURLToPath(new URL("./testing/shelf/shelf.ts", import.meta.url));
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "check-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const strict = availability({ atLeast: 0.99 });
const name = "the cache is cut off";

/** A file that states these checks, as `cache-partition.ts` unless it has another name. */
function scenarioFile(
  checks: string,
  { file = "cache-partition", folder = "scenarios", sentence = name, more = "" } = {},
): string {
  mkdirSync(join(root, folder), { recursive: true });
  const path = join(root, folder, `${file}.ts`);
  writeFileSync(
    path,
    `import { availability, noWrongAnswers, nothingHangs, scenario } from "faultline";
     import { people, phases, shelf } from ${JSON.stringify(shelf)};
     void availability; void noWrongAnswers; void nothingHangs;
     export default { name: ${JSON.stringify(sentence)}, expects: "", system: shelf(), workload: people, phases,
       faults: [], checks: ${checks}, ${more} };
     void scenario;`,
  );
  return path;
}

/**
 * A stored run that was judged with these checks: 98 % of its operations were ok while the cache was cut off and after it,
 * so that an availability of 99 % fails.
 */
function stored(checks: readonly Check[], change: (record: RunRecord) => RunRecord = (record) => record): string {
  const run = sampleRun({ verdict: "fail", perSecond: 120 });
  const folder = createRunFolder(root, "run");
  const { record } = run;
  const opening: RunRecord = {
    ...record,
    id: folder.id,
    scenario: { ...record.scenario, file: join(root, "scenarios", "cache-partition.ts"), name },
    plan: { ...record.plan, checks: checks.map(({ name: check, parameters }) => ({ name: check, parameters })) },
    checks: [],
  };
  folder.writeRecord(opening);
  for (const event of run.events) folder.appendEvent(event);
  const writer = new HistoryWriter(folder.history);
  for (const error of run.errors) writer.errorIndex(error);
  for (let row = 0; row < run.history!.count; row += 1) writer.append(rowAt(run.history!, row));
  writer.close();
  folder.writeFinalState({ registers: [], items: [] });
  folder.writeRecord(change(judgedRecord(readRun(folder.path), checks)));
  return folder.path;
}

async function judged(folders: readonly string[], flags: CheckFlags = {}) {
  const lines: string[] = [];
  const documents: unknown[] = [];
  const output = {
    json: (document: unknown) => documents.push(document),
    print: (...more: readonly string[]) => lines.push(...more),
    say: (...more: readonly string[]) => lines.push(...more),
    colours: createColors(false),
    width: 10_000,
  } as unknown as Output;
  const exit = await check(folders, { budgets: [], ...flags }, output);
  return { exit, text: lines.join("\n"), document: documents[0] as { runs: RunRecord[]; changes: unknown[] } };
}
const document = async (folder: string, flags: CheckFlags = {}) => {
  const { exit, document: told } = await judged([folder], { ...flags, json: true });
  return { exit, run: told.runs[0]!, changes: told.changes };
};

/** A check of the scenario's own, as a scenario's file states it. */
const quiet = (verdict: Verdict, called = "quiet"): string => `{ name: "${called}", parameters: {}, guards: "safety",
  title: "quiet", law: "", judge: () => ({ name: "${called}", guards: "safety", title: "quiet", law: "", verdict: "${verdict}",
  expected: "", actual: "heard ${verdict}", witness: [], numbers: {} }) }`;
const quietCheck = (verdict: Verdict, called = "quiet"): Check => {
  const said = { name: called, guards: "safety", title: "quiet", law: "" } as const;
  const found = { verdict, expected: "", actual: `heard ${verdict}`, witness: [], numbers: {} };
  return { ...said, parameters: {}, judge: () => ({ ...said, ...found }) };
};

describe("a stored run, judged by what the scenario's file states now", () => {
  it("is judged with the configuration's budgets, as it was when it ran", async () => {
    const folder = stored([noWrongAnswers(), strict]);
    const scenario = scenarioFile("[noWrongAnswers()]");
    const { exit, run, changes } = await document(folder, { scenario, budgets: [strict] });
    expect([exit, run.verdict]).toEqual([1, "fail"]);
    expect(run.checks.map(({ title }) => title)).toEqual([noWrongAnswers().title, strict.title]);
    expect(changes).toEqual([]);
    // A check of the scenario's own of that name knows better, as in a run.
    const own = scenarioFile("[noWrongAnswers(), availability({ atLeast: 0.5 })]", { folder: "again" });
    expect((await document(folder, { scenario: own, budgets: [strict] })).run.verdict).toBe("pass");
  });

  it("is judged with them whichever variant of the system it ran on", async () => {
    const folder = stored([noWrongAnswers(), strict], (record) => ({
      ...record,
      scenario: { ...record.scenario, variant: "two" },
    }));
    const scenario = scenarioFile("[noWrongAnswers()]", { more: "variants: { one: shelf(), two: shelf() }" });
    expect(await document(folder, { scenario, budgets: [strict] })).toMatchObject({ exit: 1, changes: [] });
  });

  it("is no better than inconclusive when a check that failed is left out, and says which", async () => {
    const folder = stored([noWrongAnswers(), strict]);
    const scenario = scenarioFile("[noWrongAnswers()]");
    const { exit, run, changes } = await document(folder, { scenario });
    expect([exit, run.verdict, run.passed]).toEqual([2, "inconclusive", undefined]);
    expect(run.reasons).toEqual([
      expect.stringMatching(/^not judged now: availability of at least 99 % \(fail then: /),
    ]);
    expect(run.sentence).toContain("not judged now");
    expect(changes).toMatchObject([
      { check: null, before: { verdict: "fail" }, after: { verdict: "inconclusive" } },
      { check: "availability", before: { verdict: "fail" }, after: null },
    ]);
    const { text } = await judged([folder], { scenario });
    expect(text).toContain(`not judged now: ${strict.title}`);
    expect(text).toContain("    before: fail: 9");
  });

  it("is judged by the others alone when a check that passed is left out, and says so", async () => {
    const folder = stored([noWrongAnswers(), availability({ atLeast: 0.5 })]);
    const { exit, run, changes } = await document(folder, { scenario: scenarioFile("[noWrongAnswers()]") });
    expect([exit, run.verdict]).toEqual([0, "pass"]);
    expect(changes).toMatchObject([{ check: "availability", before: { verdict: "pass" }, after: null }]);
  });

  it("fails by what the file states, whatever is left out", async () => {
    const folder = stored([noWrongAnswers(), strict]);
    const { exit } = await document(folder, { scenario: scenarioFile(`[${quiet("fail")}]`) });
    expect(exit).toBe(1);
  });

  it("is not judged by a file that states no check, or what is none", async () => {
    const folder = stored([strict]);
    await expect(judged([folder], { scenario: scenarioFile("[]") })).rejects.toMatchObject({
      code: "NO_CHECKS",
      exit: 64,
    });
    for (const [index, one] of ["[undefined]", "[Promise.resolve()]", "[{ name: 'x' }]"].entries()) {
      const scenario = scenarioFile(one, { file: `odd${index}` });
      await expect(judged([folder], { scenario })).rejects.toMatchObject({ code: "NOT_A_CHECK", exit: 64 });
    }
  });

  it("is not judged by the file of another scenario, and warns of one that may be", async () => {
    const folder = stored([strict]);
    const before = readFileSync(join(folder, "run.json"), "utf8");
    const other = scenarioFile("[availability({ atLeast: 0.1 })]", { file: "other", sentence: "another" });
    await expect(judged([folder], { scenario: other, write: true })).rejects.toMatchObject({
      code: "OTHER_SCENARIO",
      message: expect.stringContaining('"cache-partition"'),
    });
    expect(readFileSync(join(folder, "run.json"), "utf8")).toBe(before);
    const copy = scenarioFile("[availability({ atLeast: 0.1 })]", { file: "relaxed" });
    const { exit, text } = await judged([folder], { scenario: copy });
    expect(exit).toBe(0);
    expect(text).toContain('has the id "relaxed", and the run\'s "cache-partition"');
  });
});

describe("what changed since a run was judged", () => {
  it("is nothing, byte for byte, when it is judged in the same way", async () => {
    const folder = stored([noWrongAnswers(), strict]);
    const { exit, text } = await judged([folder]);
    expect(exit).toBe(1);
    expect(text).toContain("The same verdicts as before.");
    const { run } = await document(folder);
    const { folder: _, exit: __, ...again } = run as RunRecord & { folder: string; exit: number };
    expect(`${JSON.stringify(again, null, 2)}\n`).toBe(readFileSync(join(folder, "run.json"), "utf8"));
  });

  it("is told with what either verdict rests on, of the run and of each check", async () => {
    // As a version that could not decide it would have left it, in other words.
    const folder = stored([noWrongAnswers(), strict], (record) => ({
      ...record,
      verdict: "pass",
      sentence: "It held.",
      checks: record.checks.map((one) =>
        one.name === "availability" ? { ...one, title: "available", verdict: "pass", actual: "99.9 %" } : one,
      ),
    }));
    const { changes } = await document(folder);
    expect(changes).toEqual([
      {
        run: "run",
        check: null,
        title: "the run",
        before: { verdict: "pass", actual: "It held." },
        after: { verdict: "fail", actual: expect.stringContaining("was broken") },
      },
      {
        run: "run",
        check: "availability",
        title: strict.title,
        before: { verdict: "pass", actual: "99.9 %" },
        after: { verdict: "fail", actual: expect.stringMatching(/^98 % \(/) },
      },
    ]);
    const { text } = await judged([folder]);
    expect(text).toContain("the run: pass → fail\n    before: It held.\n    now:    ");
    expect(text).toContain(`${strict.title}: pass → fail\n    before: 99.9 %\n    now:    9`);
  });

  it("is counted over several runs", async () => {
    const same = stored([strict]);
    const other = stored([strict], (record) => ({ ...record, verdict: "pass" }));
    const { text } = await judged([same, other, same]);
    expect(text.trimEnd().split("\n").at(-1)).toBe("3 runs: 1 changed, 2 as before");
    expect((await judged([same])).text).not.toContain("1 runs");
  });

  it("is told of a check whose stored parameters are refused now: undecided, with the reason", async () => {
    const folder = stored([noWrongAnswers(), strict], (record) => {
      const [first, second] = record.plan.checks;
      return { ...record, plan: { ...record.plan, checks: [first!, { ...second!, parameters: { atLeast: 99 } }] } };
    });
    const { exit, run, changes } = await document(folder);
    expect(exit).toBe(2);
    expect(run.checks[1]).toMatchObject({ name: "availability", title: strict.title, verdict: "inconclusive" });
    expect(run.checks[1]!.actual).toContain('refuses the parameters that the run was judged with, {"atLeast":99}');
    expect(changes).toMatchObject([{ check: null }, { check: "availability", before: { verdict: "fail" } }]);
  });

  it("is that nothing is known of a run that lacks what a verdict needs; the others are judged", async () => {
    const odd = stored([strict], ({ plan, ...record }) => ({ ...record, plan: { ...plan, schedule: null as never } }));
    const { exit, text } = await judged([odd, stored([availability({ atLeast: 0.5 })])]);
    expect(exit).toBe(2);
    expect(text).toContain("cannot be judged by this version of Faultline");
    expect(text).toContain("2 runs: 1 changed, 1 as before");
  });

  it("takes no name that every object has for a check of Faultline", async () => {
    const odd = { ...quietCheck("pass"), name: "toString" };
    const folder = stored([strict, odd]);
    scenarioFile("[]");
    expect((await document(folder)).run.checks[1]).toMatchObject({ name: "toString", verdict: "inconclusive" });
  });
});

describe("a check that only the project knows", () => {
  it("is found in the configuration's budgets, too", async () => {
    const folder = stored([strict, quietCheck("pass")]);
    scenarioFile("[availability({ atLeast: 0.99 })]");
    expect((await document(folder, { budgets: [quietCheck("pass")] })).run.checks[1]).toMatchObject({
      verdict: "pass",
    });
    const gone = await document(folder);
    expect(gone.run.checks[1]).toMatchObject({ verdict: "inconclusive" });
    expect(gone.changes).toMatchObject([
      { check: "quiet", before: { verdict: "pass" }, after: { verdict: "inconclusive" } },
    ]);
  });

  it("judges again also when it has the name of one of Faultline's", async () => {
    const { name: called } = nothingHangs({ atMost: 0.5 });
    const folder = stored([quietCheck("fail", called)]);
    scenarioFile(`[${quiet("fail", called)}]`);
    expect(await document(folder)).toMatchObject({ exit: 1, changes: [] });
  });
});
