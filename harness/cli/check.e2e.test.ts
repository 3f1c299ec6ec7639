import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunRecord } from "../model/run.ts";
import { Faultline, temporaryFolder } from "./testing/faultline.ts";

// One run, judged again and again.
let folder: ReturnType<typeof temporaryFolder>;
let stored: string;
beforeAll(async () => {
  folder = temporaryFolder();
  mkdirSync(join(folder.path, "scenarios"));
  writeFileSync(scenarioPath(), scenario(0.999));
  const faultline = new Faultline(["run", scenarioPath(), "--seed", "7", "-o", folder.path], { output: folder.path });
  expect(await faultline.ended(), faultline.stderr).toBe(1);
  stored = faultline.runFolder;
});
afterAll(() => folder.remove());

const shelf = fileURLToPath(new URL("./testing/shelf/shelf.ts", import.meta.url));
const scenarioPath = (): string => join(folder.path, "scenarios", "own-check.ts");
/** Its servers say that the store is away before who asks how they are gives up, which is after a second. */
const scenario = (atLeast: number): string => `
  import { availability, noStaleReads, partition, scenario, seconds } from "faultline";
  import { people, phases, shelf } from ${JSON.stringify(shelf)};
  const own = {
    name: "quiet", parameters: {}, guards: "safety", title: "quiet", law: "Fewer than 5 s of faults.",
    judge: () => ({
      name: "quiet", guards: "safety", title: "quiet", law: "Fewer than 5 s of faults.", verdict: "pass",
      expected: "less than 5 s", actual: "1.5 s", witness: [], numbers: {},
    }),
  };
  export default scenario({
    name: "own", expects: "refusals", workload: people, phases, system: shelf({ patienceMs: 300 }),
    faults: [{ at: seconds(0.3), lasting: seconds(1.5), inject: partition("web->store") }],
    checks: [availability({ atLeast: ${atLeast} }), noStaleReads({ within: seconds(1) }), own],
  });
`;
const record = (): RunRecord => JSON.parse(readFileSync(join(stored, "run.json"), "utf8"));
const overview = (): string => readFileSync(join(folder.path, "index.html"), "utf8");
async function judged(...args: readonly string[]) {
  const faultline = new Faultline(["check", stored, ...args, "--json"], { output: folder.path });
  const exit = await faultline.ended();
  const document = JSON.parse(faultline.stdout);
  return { exit, document, stderr: faultline.stderr };
}

test("judged again, a stored run comes to the same, byte for byte, its own check included", async () => {
  const before = readFileSync(join(stored, "run.json"), "utf8");
  const { exit, document, stderr } = await judged();
  expect(exit, stderr).toBe(1);
  const [{ folder: _, exit: own, ...again }] = document.runs;
  expect(own).toBe(1);
  expect(`${JSON.stringify(again, null, 2)}\n`).toBe(before);
  expect(again.checks.map(({ verdict }: { verdict: string }) => verdict)).toEqual(["fail", "pass", "pass"]);
  expect(readFileSync(join(stored, "run.json"), "utf8")).toBe(before);
});

test("while its store was cut off the system said itself that it was not ready, and the gauges were read twice", () => {
  const events = readFileSync(join(stored, "events.jsonl"), "utf8").trimEnd().split("\n");
  const happened = events.map((line) => JSON.parse(line));
  const [told, gauges] = ["health", "gauges"].map((type) => happened.filter((event) => event.type === type));
  const [cutMs, healedMs] = ["inject", "healed"].map((type) => happened.find((event) => event.type === type)?.atMs);
  for (const instance of ["web-1", "web-2"]) {
    const seen = told?.filter((event) => event.instance === instance) ?? [];
    expect(seen.at(0)).toMatchObject({ health: "ready" });
    expect(seen.some(({ health, atMs }) => health === "unready" && atMs > cutMs && atMs < healedMs)).toBe(true);
    expect(seen.at(-1)).toMatchObject({ health: "ready" });
  }
  expect(gauges?.map(({ when }) => when)).toEqual(["steady", "rest"]);
  expect(gauges?.[0].values).toMatchObject({ "processes of store": 1, "processes of web-1": 1 });
  expect(gauges?.[0].values["connections to store"]).toBeGreaterThanOrEqual(2);
});

test("with the checks that the scenario states now: another verdict, what changed, and kept only when asked", async () => {
  writeFileSync(scenarioPath(), scenario(0.1));
  try {
    const before = record();
    const told = new Faultline(["check", stored, "--scenario", scenarioPath()], { output: folder.path });
    expect(await told.ended(), told.stderr).toBe(0);
    expect(told.stdout).toContain("the run: fail → pass");
    expect(told.stdout).toContain("availability of at least 10 %: not judged before → pass");
    expect(record()).toEqual(before);
    expect(overview()).toMatch(/class="chip fail" href="[^"]*own-check-7/);
    const { exit } = await judged("--scenario", scenarioPath(), "--write");
    expect(exit).toBe(0);
    expect(record()).toMatchObject({ verdict: "pass", passed: "degraded as designed", id: before.id });
    expect(readFileSync(join(stored, "report.html"), "utf8")).toContain("at least 10 %");
    expect(overview()).toMatch(/class="chip pass" href="[^"]*own-check-7/);
  } finally {
    writeFileSync(scenarioPath(), scenario(0.999));
    await judged("--write");
  }
});

test("with the scenario's checks the budgets of the project's configuration are judged, as `run` does", async () => {
  const config = join(folder.path, "faultline.config.ts");
  writeFileSync(
    config,
    'import { latencyWithin, milliseconds } from "faultline";\n' +
      "export default { budgets: [latencyWithin({ p50: milliseconds(0.001) })] };",
  );
  try {
    const again = new Faultline(["check", stored, "--scenario", scenarioPath(), "--json"], {
      output: folder.path,
      cwd: folder.path,
    });
    expect(await again.ended(), again.stderr).toBe(1);
    const { runs, changes } = JSON.parse(again.stdout);
    expect(runs[0].checks.map(({ name }: { name: string }) => name)).toEqual([
      "availability",
      "noStaleReads",
      "quiet",
      "latencyWithin",
    ]);
    expect(changes).toMatchObject([{ check: "latencyWithin", before: null, after: { actual: expect.any(String) } }]);
  } finally {
    rmSync(config);
  }
});

test("a check of the scenario's own that is gone decides nothing; a history that is gone neither", async () => {
  rmSync(scenarioPath());
  try {
    const { exit, document, stderr } = await judged();
    expect(exit).toBe(1);
    expect(stderr).toContain("the scenario's own checks can't be had");
    expect(document.runs[0].checks[2]).toMatchObject({ name: "quiet", verdict: "inconclusive" });
    const history = readFileSync(join(stored, "history.bin"));
    rmSync(join(stored, "history.bin"));
    const blind = await judged();
    expect(blind.exit).toBe(2);
    expect(blind.stderr).toContain("missing: the history");
    const report = new Faultline(["report", stored], { output: folder.path });
    expect(await report.ended(), report.stderr).toBe(0);
    writeFileSync(join(stored, "history.bin"), history);
  } finally {
    writeFileSync(scenarioPath(), scenario(0.999));
  }
});

test("what is no run, or of another version: exit 64, and which", async () => {
  const none = new Faultline(["check", join(folder.path, "scenarios"), "--json"], { output: folder.path });
  expect(await none.ended()).toBe(64);
  expect(JSON.parse(none.stdout)).toMatchObject({ error: { code: "NOT_A_RUN" } });
  const old = join(folder.path, "old");
  mkdirSync(old);
  writeFileSync(join(old, "run.json"), JSON.stringify({ ...record(), schemaVersion: 1 }));
  const refused = new Faultline(["check", old, "--json"], { output: folder.path });
  expect(await refused.ended()).toBe(64);
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: "UNKNOWN_RUN_VERSION" } });
});

test("the history goes out in every format, whole into a file that is not there yet, or down a pipe", async () => {
  const told = async (...args: readonly string[]) => {
    const faultline = new Faultline(["export", ...args], { output: folder.path });
    return { exit: await faultline.ended(), stdout: faultline.stdout, stderr: faultline.stderr };
  };
  const { arrivals } = record().plan;
  const csv = await told(stored);
  expect(csv.exit, csv.stderr).toBe(0);
  expect(csv.stdout.trimEnd().split("\n").length).toBe(arrivals.count + 1);
  const file = join(folder.path, "operations.jsonl");
  expect((await told(stored, "--format", "jsonl", "-o", file)).exit).toBe(0);
  expect(readFileSync(file, "utf8").trimEnd().split("\n").length).toBe(arrivals.count);
  const again = await told(stored, "--format", "hdr", "-o", file);
  expect([again.exit, again.stderr]).toEqual([64, expect.stringContaining("FILE_EXISTS")]);
  expect((await told(stored, "--format", "hdr", "-o", file, "--force")).exit).toBe(0);
  expect(readFileSync(file, "utf8")).toContain("Tag=steady.look");
  const unknown = await told(stored, "--format", "cvs");
  expect([unknown.exit, unknown.stderr]).toEqual([64, expect.stringContaining('Did you mean "csv"?')]);
  expect((await told(join(folder.path, "nowhere"))).stderr).toContain("NOT_A_RUN");
  expect((await told(stored, "-o", join(folder.path, "no", "folder", "x.csv"))).stderr).toContain("[NOT_WRITTEN]");
});

test("a reader that has had enough of an export is no error", async () => {
  const faultline = new Faultline(["export", stored], { output: folder.path });
  faultline.child.stdout?.once("data", () => faultline.child.stdout?.destroy());
  expect(await faultline.ended(), faultline.stderr).toBe(0);
  expect(faultline.stderr).toBe("");
});
