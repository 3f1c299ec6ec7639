import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Cell, Proof } from "../model/prove/proof.ts";
import { Faultline, temporaryFolder } from "./testing/faultline.ts";

// A system of one process with two switches: one makes it lie for a moment
// whenever it was silent for a while, the other does nothing at all.
let folder: ReturnType<typeof temporaryFolder>;
const at = (name: string): string => join(folder.path, name);

beforeAll(() => {
  folder = temporaryFolder();
  mkdirSync(at("scenarios/controls"), { recursive: true });
  writeFileSync(at("scenarios/pause.ts"), scenario("noWrongAnswers()"));
  writeFileSync(at("scenarios/controls/canary.ts"), scenario("availability({ atLeast: 1 })"));
  configure("scenarios/controls/canary.ts");
});
afterAll(() => folder.remove());

const configure = (canary: string, names: readonly string[] = ["wrong", "harmless"]): void =>
  writeFileSync(
    at("faultline.config.ts"),
    `import { defineConfig } from "faultline";
     const mutants = ${JSON.stringify(names)}.map((name) => ({ name, environment: { BUG: name }, joins: "," }));
     export default defineConfig({ mutants, canary: ${JSON.stringify(canary)} });`,
  );

const oracle = fileURLToPath(new URL("./testing/oracle/oracle.ts", import.meta.url));
const scenario = (check: string): string => `
  import { availability, noWrongAnswers } from "faultline";
  import { asleep } from ${JSON.stringify(oracle)};
  export default asleep([${check}]);`;

const prove = (...args: readonly string[]): Faultline =>
  new Faultline(["prove", ...args], { output: folder.path, cwd: folder.path });
const runsUnderWay = (): readonly string[] =>
  readdirSync(at("reports/prove"))
    .filter((name) => name.includes("Z-"))
    .filter((name) => statusOf(at(`reports/prove/${name}/run.json`)) === "running");
/** A folder is there a moment before its record. */
const statusOf = (record: string): string =>
  existsSync(record) ? JSON.parse(readFileSync(record, "utf8")).status : "running";
const proof = (): Proof => JSON.parse(readFileSync(at("reports/prove.json"), "utf8"));
const cells = (): readonly Cell[] =>
  existsSync(at("reports/prove.jsonl"))
    ? readFileSync(at("reports/prove.jsonl"), "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Cell)
    : [];

test("goes on after SIGKILL, catches the mutant that lies, and tells of the one that survives", async () => {
  const first = prove();
  await vi.waitFor(() => expect(cells().length).toBeGreaterThanOrEqual(2), { timeout: 60_000, interval: 50 });
  first.child.kill("SIGKILL");
  await first.ended();
  // The run that was under way heals and ends by itself.
  await vi.waitFor(() => expect(runsUnderWay()).toEqual([]), { timeout: 60_000, interval: 50 });
  const before = cells();
  const second = prove("--json");
  expect(await second.ended(), second.stderr).toBe(1);
  expect(second.stderr.match(/from before/g)).toHaveLength(before.length);
  expect(cells()).toHaveLength(4);
  const told: Proof = JSON.parse(second.stdout);
  expect(told).toEqual(proof());
  expect(told.canary).toMatchObject({ scenario: "canary", failed: 1, checks: { availability: 1 } });
  expect(told.correct).toMatchObject([{ scenario: "pause", runs: 1, passed: 1 }]);
  expect(told.mutants).toMatchObject([
    { name: "wrong", fate: "caught", best: "pause", scenarios: [{ failed: 1, checks: { noWrongAnswers: 1 } }] },
    { name: "harmless", fate: "survived", best: null, scenarios: [{ passed: 1 }] },
  ]);
  expect(second.stderr).toContain("survived: harmless");
  expect(second.stderr).toContain("again: BUG=harmless npx faultline run scenarios/pause.ts --seed prove-1");
  // What caught it can be looked at; the page leads there.
  const [run = ""] = told.mutants.map(({ scenarios }) => scenarios[0]?.run);
  expect(existsSync(at(`reports/prove/${run}/report.html`))).toBe(true);
  expect(readFileSync(at("reports/prove.html"), "utf8")).toContain(`prove/${run}/report.html`);
});

test("has nothing to run when all is known, and passes when all that was asked for is caught", async () => {
  const before = cells().length;
  const process = prove("--mutants", "wron*", "--until-caught");
  expect(await process.ended(), process.stderr).toBe(0);
  expect(process.stdout).toContain("✓ wrong  pause 1 of 1");
  expect(cells()).toHaveLength(before);
});

test("a sample is each mutant with what catches it most surely, as is known", async () => {
  writeFileSync(at("scenarios/another.ts"), scenario("noWrongAnswers()"));
  const process = prove("--mutants", "wrong", "--sample", "--json");
  expect(await process.ended(), process.stderr).toBe(0);
  const { correct, mutants }: Proof = JSON.parse(process.stdout);
  expect(correct.map((one) => one.scenario)).toEqual(["pause"]);
  expect(mutants).toMatchObject([{ name: "wrong", scenarios: [{ scenario: "pause" }] }]);
  rmSync(at("scenarios/another.ts"));
  const unknown = prove("--sample", "-o", at("elsewhere"));
  expect(await unknown.ended()).toBe(64);
  expect(unknown.stderr).toMatch(/nothing is known .* \[NOTHING_PROVEN\]/);
});

test("runs again what has changed, and fails with a canary that does not", async () => {
  const before = cells().length;
  configure("scenarios/pause.ts");
  writeFileSync(at("scenarios/pause.ts"), scenario("noWrongAnswers(), availability({ atLeast: 0.1 })"));
  const process = prove("--mutants", "none");
  expect(await process.ended(), process.stderr).toBe(1);
  expect(process.stdout).toContain("the canary did not fail");
  expect(cells().length).toBeGreaterThan(before);
});

test("Ctrl-C leaves the table of what was done, as a document, too, and the same command goes on from there", async () => {
  configure("scenarios/controls/canary.ts");
  const first = prove("--fresh", "--mutants", "wrong", "--jobs", "1", "--json");
  await vi.waitFor(() => expect(cells().length).toBe(2), { timeout: 60_000, interval: 50 });
  first.child.kill("SIGINT");
  expect(await first.ended(), first.stderr).toBe(130);
  expect(first.stderr).toContain("the same command goes on from here");
  const left: Proof = JSON.parse(first.stdout);
  expect(left).toEqual(proof());
  expect(left).toMatchObject({
    verdict: "inconclusive",
    sentence: expect.stringMatching(
      /^incomplete, 2 of at most 3 runs made: interrupted by SIGINT; .*not finished: wrong/,
    ),
    incomplete: { reason: "interrupted by SIGINT", done: 2, of: 3 },
    correct: [{ scenario: "pause", runs: 1 }],
    mutants: [{ name: "wrong", fate: "untold", isUnfinished: true, scenarios: [] }],
  });
  expect(readFileSync(at("reports/prove.html"), "utf8")).toContain("interrupted by SIGINT");
  const second = prove("--mutants", "wrong");
  expect(await second.ended(), second.stderr).toBe(0);
  expect(second.stderr.match(/from before/g)).toHaveLength(2);
  expect(second.stdout).toMatch(/PASS {2}1 of 1 mutants caught/);
  expect(proof()).not.toHaveProperty("incomplete");
});

test("a run that came to no verdict ends the proof, and leaves the table of what was done", async () => {
  const broken = '\nif (process.env["BUG"]) throw new Error("no such switch");';
  const before = readFileSync(at("scenarios/pause.ts"), "utf8");
  writeFileSync(at("scenarios/pause.ts"), before + broken);
  const process = prove("--mutants", "wrong", "--json");
  const exit = await process.ended();
  writeFileSync(at("scenarios/pause.ts"), before);
  expect(exit, process.stderr).toBe(64);
  expect(process.stderr).toMatch(/wrong × pause: the run came to no verdict \(exit 64\).*no such switch.*NO_VERDICT/s);
  expect(JSON.parse(process.stdout)).toMatchObject({
    verdict: "inconclusive",
    incomplete: { reason: expect.stringContaining("wrong × pause: the run came to no verdict"), done: 2 },
    canary: { failed: 1 },
    correct: [{ runs: 1 }],
  });
});

test("several mutants that are not expected to be caught share a run", async () => {
  configure("scenarios/controls/canary.ts", ["wrong", "harmless", "also-harmless"]);
  const caught = ["harmless", "also-harmless"].map((name) => ({ name, scenarios: [{ scenario: "away", failed: 1 }] }));
  writeFileSync(at("known.json"), JSON.stringify({ version: 1, mutants: caught }));
  const process = prove("pause", "--known", at("known.json"), "--json", "--fresh");
  expect(await process.ended(), process.stderr).toBe(1);
  const { mutants }: Proof = JSON.parse(process.stdout);
  expect(mutants.map(({ name, fate }) => `${name} ${fate}`)).toEqual([
    "wrong caught",
    "harmless survived",
    "also-harmless survived",
  ]);
  const shared = cells().filter((cell) => cell.shared !== undefined);
  expect(shared.map(({ mutant }) => mutant)).toEqual(["harmless", "also-harmless"]);
  expect(new Set(shared.map(({ run }) => run)).size).toBe(1);
  configure("scenarios/controls/canary.ts");
});

test("a mutant and a count that are none are told, with what is near", async () => {
  const unknown = prove("--mutants", "wrnog");
  expect(await unknown.ended()).toBe(64);
  expect(unknown.stderr).toMatch(/there is no mutant "wrnog" \[UNKNOWN_MUTANT\]\s+Did you mean "?wrong/);
  const count = prove("--repeat", "0");
  expect(await count.ended()).toBe(64);
  expect(count.stderr).toContain("OUT_OF_BOUNDS");
});

test("what came to no verdict is run again alone, and again by the next command; the others are not", async () => {
  const blind = scenario("noLostWrites()").replace("noWrongAnswers", "noLostWrites");
  const audit = '{ atRest: async () => true, read: async () => { throw new Error("no light"); } }';
  writeFileSync(
    at("scenarios/blind.ts"),
    blind.replace(/export default (.*);/s, `export default { ...$1, audit: ${audit} };`),
  );
  // What caught it before would be tried first.
  rmSync(at("reports/prove.json"), { force: true });
  const twoAtATime = ["--until-caught", "--jobs", "2", "--fresh"];
  const first = prove("blind", "pause", "--mutants", "wrong", ...twoAtATime);
  expect(await first.ended(), first.stderr).toBe(2);
  const order = cells().map(({ mutant, scenario: id }) => `${mutant ?? "correct"} ${id}`);
  expect(order.filter((one) => one === "correct blind")).toHaveLength(3);
  expect(order.lastIndexOf("correct blind")).toBeGreaterThan(order.indexOf("correct pause"));
  expect(order.lastIndexOf("correct blind")).toBeLessThan(order.indexOf("wrong blind"));
  expect(order.slice(-4)).toEqual(["wrong blind", "wrong blind", "wrong blind", "wrong pause"]);
  expect(first.stdout).toMatch(/blind: 0 of 1 run passed, 1 inconclusive, after 2 runs without a verdict/);
  const before = cells().length;
  const second = prove("blind", "--mutants", "none");
  expect(await second.ended(), second.stderr).toBe(2);
  expect(cells()).toHaveLength(before + 3);
  // It is all that was asked for.
  expect(second.stdout).toMatch(/this machine cannot tell: of the correct system, 1 of 1 scenarios came to no verdict/);
});
