import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Comparison } from "../model/compare/comparison.ts";
import type { MetricRow } from "../model/compare/metric-rows.ts";
import { Faultline, temporaryFolder } from "./testing/faultline.ts";

// One plan, three runs a side: web servers that wait for a slow store, and such as give up on it now and then.
let folder: ReturnType<typeof temporaryFolder>;
let scenarioPath: string;
let hastyRuns: { exit: number; stdout: string; stderr: string };
beforeAll(async () => {
  folder = temporaryFolder();
  scenarioPath = at("scenarios/slow.ts");
  for (const name of ["scenarios", "reports", "hasty"]) mkdirSync(at(name));
  writeFileSync(scenarioPath, scenario({ patienceMs: 1000 }));
  const base = await faultline("run", scenarioPath, "--seed", "7", "--repeat", "3", "-o", at("reports"));
  expect(base.exit, base.stderr).toBe(0);
  const kept = await faultline("baseline", ...idsIn("reports"), "-o", at("baseline.json"));
  expect(kept.exit, kept.stderr).toBe(0);
  writeFileSync(scenarioPath, scenario({ patienceMs: 120 }));
  const again = ["run", scenarioPath, "--seed", "7", "--repeat", "3", "--json", "-o", at("hasty")];
  hastyRuns = await faultline(...again, "--baseline", at("baseline.json"));
}, 300_000);
afterAll(() => folder.remove());

const shelf = fileURLToPath(new URL("./testing/shelf/shelf.ts", import.meta.url));
const at = (name: string): string => join(folder.path, name);
const idsIn = (name: string): string[] => readdirSync(at(name)).filter((one) => one.includes("Z-"));
const hasty = (): string[] => idsIn("hasty").map((id) => at(`hasty/${id}`));
const scenario = ({ patienceMs = 1000, latencyMs = 100 }) => `
  import { availability, latency, milliseconds, scenario, seconds } from "faultline";
  import { people, shelf } from ${JSON.stringify(shelf)};
  export default scenario({
    name: "slow", expects: "answers, sooner or later", workload: people, system: shelf({ patienceMs: ${patienceMs} }),
    phases: { warmUp: seconds(0.5), steady: seconds(2), faults: seconds(4), recovery: seconds(2) },
    faults: [{
      at: seconds(0.1), lasting: seconds(3.8),
      inject: latency("web->store", { latency: milliseconds(${latencyMs}), jitter: milliseconds(80) }),
    }],
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

function expectHaste(comparison: Comparison): void {
  expect(comparison).toMatchObject({ outcome: "worse", isWorse: true, decidable: "worse" });
  const share = row(comparison, "faults", "notOkShare");
  expect(share).toMatchObject({ change: "worse", runs: { base: 3, run: 3 } });
  expect(share.shift).toBeGreaterThan(0.05);
}

test("three runs that fail more are worse than the baseline: they pass, and fail the command", () => {
  expect(hastyRuns.exit, hastyRuns.stderr).toBe(1);
  const document = JSON.parse(hastyRuns.stdout) as { verdict: string; exit: number; comparison: Comparison };
  expect(document).toMatchObject({ verdict: "pass", exit: 1 });
  expectHaste(document.comparison);
  const said = hastyRuns.stderr.slice(hastyRuns.stderr.indexOf("Against the baseline:"));
  expect(said).toMatch(/✗ WORSE {2}slow\n/);
  expect(said).toMatch(
    /✗ share not ok: all operations, faults\s+\d+\.\d+ % → \d+\.\d+ %\s+\+\d+\.\d+ points {2}\(at least/,
  );
});

test("compared as runs, by folder and by id, it is the same", async () => {
  const found = await faultline("compare", idsIn("reports").join(","), ...hasty(), "--format", "json");
  expect(found.exit, found.stderr).toBe(1);
  const comparison = JSON.parse(found.stdout) as Comparison;
  expectHaste(comparison);
  expect(comparison).toEqual(JSON.parse(hastyRuns.stdout).comparison);
});

test("one run against one cannot tell: exit 2, and how many it takes", async () => {
  const [one, other] = idsIn("reports");
  const few = await faultline("compare", one!, other!);
  expect(few.exit, few.stderr).toBe(2);
  expect(few.stdout).toMatch(/^\? CANNOT TELL {2}slow\n/);
  expect(few.stdout).toMatch(/3 runs a side can show[\s\S]*--seed 7 --repeat 3/);
  expect(few.stdout).not.toMatch(/[✓✗]/);
});

test("as a page, and as Markdown: a file, with the terminal's table beside it", async () => {
  const page = await faultline("compare", at("baseline.json"), ...hasty(), "--format", "html", "-o", "c.html");
  expect([page.exit, page.stdout]).toEqual([1, "c.html\n"]);
  expect(page.stderr).toContain("✗ WORSE");
  expect(readFileSync(at("c.html"), "utf8")).toMatch(/<!doctype html>.*default-src &#39;none&#39;.*<h1>.*Worse<\/h1>/s);
  const markdown = await faultline("compare", at("baseline.json"), ...hasty(), "--format", "markdown");
  expect(markdown.stdout).toMatch(/^## ✗ Worse: slow\n/);
});

test("a baseline is one small file, and the same from the same runs", async () => {
  expect(statSync(at("baseline.json")).size).toBeLessThan(20_000);
  const again = await faultline("baseline", ...idsIn("reports"));
  expect(again.stdout).toBe(readFileSync(at("baseline.json"), "utf8"));
});

test("what can't be compared is refused with 64 and a name, before anything runs", async () => {
  const refused = async (code: string, ...args: readonly string[]) => {
    const told = await faultline(...args);
    expect([told.exit, told.stderr]).toEqual([64, expect.stringContaining(`[${code}]`)]);
    return told.stderr;
  };
  const [id = "", second = ""] = idsIn("reports");
  expect(await refused("NO_SUCH_RUN", "compare", id.replace("slow", "slwo"), id)).toContain(`Did you mean "${id}"?`);
  expect(await refused("UNKNOWN_FORMAT", "compare", id, id, "--format", "htlm")).toContain('Did you mean "html"?');
  await refused("NOT_A_RUN", "compare", id, id, at("baseline.json"));
  await refused("NOT_WRITTEN", "compare", id, second, "-o", at("none/x.html"));
  expect(await refused("RUN_NAMED_TWICE", "compare", `${id},${id}`, second)).toContain(id);
  await refused("RUN_NAMED_TWICE", "compare", at("baseline.json"), id);
  writeFileSync(at("broken.json"), readFileSync(at("baseline.json"), "utf8").slice(0, 500));
  writeFileSync(
    at("old.json"),
    readFileSync(at("baseline.json"), "utf8").replace('"schemaVersion": 2', '"schemaVersion": 1'),
  );
  await refused("BROKEN_BASELINE", "compare", at("broken.json"), id);
  await refused("UNKNOWN_BASELINE_VERSION", "run", scenarioPath, "--baseline", at("old.json"));
  const other = at("scenarios/other.ts");
  writeFileSync(other, scenario({}));
  const before = readdirSync(at("reports"));
  const said = await refused("SCENARIOS_DIFFER", "run", other, "--baseline", at("baseline.json"));
  expect(said).toContain("is of slow, and this runs other");
  expect(readdirSync(at("reports"))).toEqual(before);
  // The same scenario with another fault is another experiment, and with another seed another story.
  writeFileSync(scenarioPath, scenario({ latencyMs: 200 }));
  const faults = await refused("FAULTS_DIFFER", "run", scenarioPath, "--seed", "7", "--baseline", at("baseline.json"));
  expect(faults).toMatch(/latency 100 ms ± 80 ms.*latency 200 ms ± 80 ms/);
  await refused("SEEDS_DIFFER", "run", scenarioPath, "--seed", "8", "--baseline", at("baseline.json"));
  expect(readdirSync(at("reports"))).toEqual(before);
});
