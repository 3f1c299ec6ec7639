import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Faultline, temporaryFolder } from "./testing/faultline.ts";

// The way of a user with a scenario: new, validate, run, show, open, replay.

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

async function faultline(...args: readonly string[]) {
  const output = join(folder.path, "reports");
  const started = new Faultline(args, { output, cwd: folder.path });
  const exit = await started.ended();
  return { exit, stdout: started.stdout, stderr: started.stderr, folder: () => started.runFolder };
}

test("a new scenario is valid and runs as it is; its run can be shown, opened and replayed", async () => {
  const budgets =
    'import { defineConfig, nothingHangs } from "faultline";\nexport default defineConfig({ budgets: [nothingHangs()] });\n';
  writeFileSync(join(folder.path, "faultline.config.mjs"), budgets);
  const made = await faultline("new", "my-first");
  expect(made).toMatchObject({ exit: 0, stdout: "scenarios/my-first.ts\n" });
  const again = await faultline("new", "my-first");
  expect(again.exit).toBe(64);
  expect(again.stderr).toContain("[FILE_EXISTS]");

  expect((await faultline("validate")).stdout).toMatch(/✓ my-first {2}1 fault, 3 checks, \d+ operations/);
  const run = await faultline("run", "my-first", "--seed", "7");
  expect(run.exit, run.stderr).toBe(0);
  const record = JSON.parse(readFileSync(join(run.folder(), "run.json"), "utf8"));

  const shown = await faultline("show");
  expect(shown).toMatchObject({ exit: 0 });
  expect(shown.stdout).toContain("PASS");
  expect(shown.stdout).toContain(record.sentence.slice(0, 40));
  expect((await faultline("open")).stdout.trim()).toMatch(/^reports\/.*\/report\.html$/);

  const replayed = await faultline("replay", "reports/latest", "--json");
  expect(replayed.exit, replayed.stderr).toBe(0);
  expect(JSON.parse(replayed.stdout).runs[0].plan).toEqual(record.plan);
  expect(record.plan.checks).toContainEqual({ name: "nothingHangs", parameters: {} });

  // The run of a mutant, which a variable had chosen: as it is now the system would pass.
  const mutant = join(folder.path, "reports", "mutant");
  cpSync(run.folder(), mutant, { recursive: true });
  const changed = { ...record, system: { ...record.system, variant: "mutant x" }, replay: "MUTANT=x faultline run it" };
  writeFileSync(join(mutant, "run.json"), JSON.stringify(changed));
  const another = await faultline("replay", mutant);
  expect(another.exit).toBe(64);
  expect(another.stderr).toMatch(
    /another system than the run had: counter, not mutant x \[REPLAY_DIFFERS\]\s+Run it as it was: MUTANT=x faultline run it/,
  );
  rmSync(mutant, { recursive: true });

  const file = join(folder.path, "scenarios/my-first.ts");
  writeFileSync(file, readFileSync(file, "utf8").replace("perSecond: 50", "perSecond: 51"));
  const other = await faultline("replay", run.folder());
  expect(other.exit).toBe(64);
  expect(other.stderr).toMatch(/has other workloads and arrivals than the run had \[REPLAY_DIFFERS\]/);
});

test("validate tells all that is wrong with all scenarios at once", async () => {
  await faultline("new", "one");
  await faultline("new", "two");
  for (const [name, wrong] of [
    ["one", 'partition("web->stor" as "web->store")'],
    ["two", 'partition("wbe->store" as "web->store")'],
  ] as const) {
    const file = join(folder.path, `scenarios/${name}.ts`);
    writeFileSync(file, readFileSync(file, "utf8").replace('partition("web->store")', wrong));
  }
  const { exit, stderr } = await faultline("validate");
  expect(exit).toBe(64);
  expect(stderr).toMatch(/one: faults\[0\]\.inject: .*"web->stor"[\s\S]*two: faults\[0\]\.inject: .*"wbe->store"/);
});

test("in CI the runs are told as JUnit XML, and to GitHub at the scenario's file", async () => {
  await faultline("new", "one");
  const file = join(folder.path, "scenarios/one.ts");
  writeFileSync(file, readFileSync(file, "utf8").replace("atLeast: 0.5", "atLeast: 0.999"));
  const { exit, stderr } = await faultline("run", "one", "--seed", "7", "--reporter", "junit", "github");
  expect(exit, stderr).toBe(1);
  const xml = readFileSync(join(folder.path, "reports/junit.xml"), "utf8");
  expect(xml).toMatch(/<testsuite name="one" tests="3" failures="1" errors="0"/);
  expect(stderr).toMatch(/^::error file=scenarios\/one\.ts,title=one%3A fail::/m);
});

test("a reporter that there is none of is refused before anything starts", async () => {
  await faultline("new", "one");
  const { exit, stderr } = await faultline("run", "one", "--reporter", "junti");
  expect(exit).toBe(64);
  expect(stderr).toMatch(/\[UNKNOWN_REPORTER\]\s+Did you mean "junit"\?/);
});
