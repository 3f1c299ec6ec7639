import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Exploration } from "../model/explore/exploration.ts";
import { Faultline, temporaryFolder } from "./testing/faultline.ts";

let folder: ReturnType<typeof temporaryFolder>;
const at = (name: string): string => join(folder.path, name);
const oracle = fileURLToPath(new URL("./testing/oracle/oracle.ts", import.meta.url));

beforeAll(() => {
  folder = temporaryFolder();
  mkdirSync(at("scenarios"));
  for (const [name, checks] of [
    ["law", "noWrongAnswers()"],
    ["never", "availability({ atLeast: 0.99 }), noWrongAnswers(), { ...noWrongAnswers(), judge: () => broken }"],
  ] as const) {
    writeFileSync(
      at(`scenarios/${name}.ts`),
      `import { availability, noWrongAnswers } from "faultline";
       import { asleep } from ${JSON.stringify(oracle)};
       const broken = { name: "never", title: "never", law: "never", guards: "safety", verdict: "fail",
         expected: "nothing", actual: "something", witness: [], numbers: {} } as const;
       void broken; void availability;
       export default asleep([${checks}], ${JSON.stringify(name === "law" ? ["explore"] : [])});`,
    );
  }
});
afterAll(() => folder.remove());

const faultline = (args: readonly string[], bug?: string): Faultline =>
  new Faultline(args, { output: folder.path, cwd: folder.path, environment: bug === undefined ? {} : { BUG: bug } });
const exploration = (): Exploration => JSON.parse(readFileSync(at("reports/explore.json"), "utf8"));

test("finds a planted bug, shrinks it to one fault, and states that as a scenario which fails again", async () => {
  const process = faultline(["explore", "--first", "--minutes", "4", "--confirm", "2"], "wrong");
  expect(await process.ended(), process.stderr).toBe(1);
  const [found, another] = exploration().reproducers;
  expect(another).toBeUndefined();
  expect(found!.checks.map(({ name }) => name)).toEqual(["noWrongAnswers"]);
  expect(found).toMatchObject({ isMinimal: true, with: { runs: 2 }, without: { failed: 0, runs: 2 } });
  expect(found!.with.failed).toBeGreaterThanOrEqual(1);
  // What silences it for a moment shows the bug, whichever of those was drawn.
  expect(found!.schedule).toHaveLength(1);
  expect(process.stdout).toContain(found!.schedule[0]!.title);
  expect(found!.replay).toMatch(/^BUG=wrong npx faultline run reports\/explore\/1-\d+(-\d+)?\.ts --seed 1-1$/);
  expect(readdirSync(at("reports/explore"))).toContain(found!.run);
  const again = faultline(["run", found!.file, "--seed", "1-1", "-o", at("again")], "wrong");
  expect(await again.ended(), again.stderr).toBe(1);
  const right = faultline(["run", found!.file, "--seed", "1-1", "-o", at("right")]);
  expect(await right.ended(), right.stderr).toBe(0);
});

test("explores nothing where something fails without any fault, and says so", async () => {
  const process = faultline(["explore", "never", "--minutes", "4", "--json"]);
  expect(await process.ended()).toBe(2);
  expect(JSON.parse(process.stdout).error.problems[0].code).toBe("FAILS_WITHOUT_FAULT");
  expect(process.stderr).toContain("FAILS_WITHOUT_FAULT");
});

test("finds nothing where nothing is wrong, and then needs no run without a fault", async () => {
  const process = faultline(["explore", "--minutes", "9", "--schedules", "1"]);
  const exit = await process.ended();
  const { reproducers, runs, inconclusive, singles } = exploration();
  // Where the machine stands still for a moment while the clients are cut off, the generator is at its bound.
  expect(exit, process.stderr).toBe(inconclusive === 0 ? 0 : 2);
  expect(reproducers).toEqual([]);
  expect(runs).toBe(1);
  const verdict = inconclusive === 0 ? "pass" : "inconclusive";
  expect(singles.filter((one) => one.verdict === verdict).length).toBeGreaterThanOrEqual(6);
  expect(process.stderr).not.toContain("nothing");
});

test("a scenario and a time that are none are told", async () => {
  const unknown = faultline(["explore", "lwa"]);
  expect(await unknown.ended()).toBe(64);
  expect(unknown.stderr).toContain("UNKNOWN_SCENARIO");
  const never = faultline(["explore", "--minutes", "soon"]);
  expect(await never.ended()).toBe(64);
  expect(never.stderr).toContain("OUT_OF_BOUNDS");
});
