import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Comparison, MetricRow } from "../model/compare/comparison.ts";
import { Faultline, temporaryFolder } from "./testing/faultline.ts";

// Two runs of one plan: the store a little slow, and so slow that web servers give up on it now and then.
let folder: ReturnType<typeof temporaryFolder>;
let scenarioPath: string;
let slowRun: { exit: number; stdout: string; stderr: string };
beforeAll(async () => {
  folder = temporaryFolder();
  scenarioPath = at("scenarios/slow.ts");
  for (const name of ["scenarios", "reports", "slow"]) mkdirSync(at(name));
  writeFileSync(scenarioPath, scenario("latency: milliseconds(1)"));
  const base = await faultline("run", scenarioPath, "--seed", "7", "-o", at("reports"));
  expect(base.exit, base.stderr).toBe(0);
  const kept = await faultline("baseline", baseRun(), "-o", at("baseline.json"));
  expect(kept.exit, kept.stderr).toBe(0);
  writeFileSync(scenarioPath, scenario("latency: milliseconds(150), jitter: milliseconds(100)"));
  const again = ["run", scenarioPath, "--seed", "7", "--json", "-o", at("slow")];
  slowRun = await faultline(...again, "--baseline", at("baseline.json"));
});
afterAll(() => folder.remove());

const shelf = fileURLToPath(new URL("./testing/shelf/shelf.ts", import.meta.url));
const at = (name: string): string => join(folder.path, name);
const baseRun = (): string => at(join("reports", readdirSync(at("reports")).find((one) => one.includes("Z-"))!));
const scenario = (options: string): string => `
  import { availability, latency, milliseconds, scenario, seconds } from "faultline";
  import { people, shelf } from ${JSON.stringify(shelf)};
  export default scenario({
    name: "slow", expects: "answers, sooner or later", workload: people, system: shelf({ patienceMs: 200 }),
    phases: { warmUp: seconds(0.5), steady: seconds(3), faults: seconds(6), recovery: seconds(3) },
    faults: [{ at: seconds(0.1), lasting: seconds(5.8), inject: latency("web->store", { ${options} }) }],
    checks: [availability({ atLeast: 0.2 })],
  });
`;

async function faultline(...args: readonly string[]) {
  const process = new Faultline(args, { output: folder.path, cwd: folder.path });
  const exit = await process.ended();
  return { exit, stdout: process.stdout, stderr: process.stderr };
}

const row = ({ metrics }: Comparison, phase: string, metric: string): MetricRow =>
  metrics.find((one) => one.operation === null && one.phase === phase && one.metric === metric)!;

function expectSlowness(comparison: Comparison): void {
  expect(comparison.isWorse).toBe(true);
  expect(row(comparison, "faults", "notOkShare")).toMatchObject({ change: "worse", pairs: 24, base: 0 });
  const p50 = row(comparison, "faults", "p50Ms");
  // Where the generator itself was late, nothing may be said of latency, and that is said.
  if (comparison.warnings.every((one) => !one.includes("generator itself was late"))) {
    expect(p50.change).toBe("worse");
    expect(p50.shift).toBeGreaterThan(50);
  } else expect(["worse", "too few", "unchanged"]).toContain(p50.change);
  expect(comparison.warnings.join()).toContain("other faults");
}

test("a run that got slower is worse than the baseline: it passes, and fails the command", () => {
  expect(slowRun.exit, slowRun.stderr).toBe(1);
  const document = JSON.parse(slowRun.stdout) as { verdict: string; exit: number; comparison: Comparison };
  expect(document).toMatchObject({ verdict: "pass", exit: 1 });
  expectSlowness(document.comparison);
  const told = slowRun.stderr.slice(slowRun.stderr.indexOf("Against the baseline:"));
  expect(told).toMatch(/✗ WORSE {2}slow: /);
  expect(told).toMatch(/✗ share not ok: all operations, faults +0 % → \d+\.\d %\s+\+\d+\.\d points .*24 pairs/);
});

test("compared as runs, by folder and by id, it is the same; a run beside itself is no change", async () => {
  const slow = at("slow/latest");
  const id = baseRun().split("/").at(-1)!;
  const told = await faultline("compare", id, slow, "--format", "json");
  expect(told.exit, told.stderr).toBe(1);
  const comparison = JSON.parse(told.stdout) as Comparison;
  expectSlowness(comparison);
  expect(comparison).toEqual(JSON.parse(slowRun.stdout).comparison);
  const itself = await faultline("compare", `${baseRun()},${id}`, baseRun(), id);
  expect(itself.exit, itself.stderr).toBe(0);
  expect(itself.stdout).toMatch(/^✓ NO CHANGE {2}slow: 0 worse, 0 better\n/);
  expect(itself.stdout).not.toMatch(/^(Worse|Better|Told)/m);
});

test("as a page, and as Markdown: a file, with the terminal's table beside it", async () => {
  const page = await faultline("compare", at("baseline.json"), at("slow/latest"), "--format", "html", "-o", "c.html");
  expect([page.exit, page.stdout]).toEqual([1, "c.html\n"]);
  expect(page.stderr).toContain("✗ WORSE");
  expect(readFileSync(at("c.html"), "utf8")).toMatch(/<!doctype html>.*default-src &#39;none&#39;.*<h1>.*Worse<\/h1>/s);
  const markdown = await faultline("compare", at("baseline.json"), at("slow/latest"), "--format", "markdown");
  expect(markdown.stdout).toMatch(/^## ✗ Worse: slow\n/);
});

test("a baseline is one small file, and the same from the same runs", async () => {
  expect(statSync(at("baseline.json")).size).toBeLessThan(20_000);
  const again = await faultline("baseline", baseRun());
  expect(again.stdout).toBe(readFileSync(at("baseline.json"), "utf8"));
});

test("what can't be compared is refused with 64 and a name, before anything runs", async () => {
  const refused = async (code: string, ...args: readonly string[]) => {
    const told = await faultline(...args);
    expect([told.exit, told.stderr]).toEqual([64, expect.stringContaining(`[${code}]`)]);
    return told.stderr;
  };
  const id = baseRun().split("/").at(-1)!;
  expect(await refused("NO_SUCH_RUN", "compare", id.replace("slow", "slwo"), id)).toContain(`Did you mean "${id}"?`);
  expect(await refused("UNKNOWN_FORMAT", "compare", id, id, "--format", "htlm")).toContain('Did you mean "html"?');
  await refused("NOT_A_RUN", "compare", id, id, at("baseline.json"));
  await refused("NOT_WRITTEN", "compare", id, id, "-o", at("none/x.html"));
  writeFileSync(at("broken.json"), readFileSync(at("baseline.json"), "utf8").slice(0, 500));
  writeFileSync(
    at("old.json"),
    readFileSync(at("baseline.json"), "utf8").replace('"schemaVersion": 1', '"schemaVersion": 0'),
  );
  await refused("BROKEN_BASELINE", "compare", at("broken.json"), id);
  await refused("UNKNOWN_BASELINE_VERSION", "run", scenarioPath, "--baseline", at("old.json"));
  const other = at("scenarios/other.ts");
  writeFileSync(other, scenario("latency: milliseconds(1)"));
  const before = readdirSync(at("reports"));
  const said = await refused("BASELINE_OF_ANOTHER_SCENARIO", "run", other, "--baseline", at("baseline.json"));
  expect(said).toContain("is of slow, and this runs other");
  expect(readdirSync(at("reports"))).toEqual(before);
});
