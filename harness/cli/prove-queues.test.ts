import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Planned } from "./planned.ts";
import { besideCanary, type ProveFlags } from "./prove.ts";
import { knownProof, outOfReach, queuesOf } from "./prove-queues.ts";
import { temporaryFolder } from "./testing/faultline.ts";

const flags: ProveFlags = { scenarios: "scenarios", env: "local", output: "none", repeat: "1", allowTarget: [] };
const pause = {
  id: "pause",
  path: "scenarios/pause.ts",
  plan: { seed: "prove-1", phases: [] },
  scenario: { checks: [] },
} as unknown as Planned;
const planned = { scenarios: [pause], plans: new Map([["pause", [pause]]]) };
const cellIn = (env: string, switches: Record<string, string> = {}) =>
  queuesOf(planned, [{ name: "wrong", environment: switches }], undefined, { ...flags, env })
    .flat()
    .map(({ fingerprint }) => fingerprint);

test("what was told in one environment, or with another switch, is not told in another", () => {
  expect(cellIn("local")).toEqual(cellIn("local"));
  const all = [...cellIn("local"), ...cellIn("containers"), ...cellIn("local", { BUG: "x" })];
  // Six, of which the system as it is in the first environment is asked for twice.
  expect(new Set(all).size).toBe(5);
});

test("of what only a scenario catches that is not there, a sample can tell nothing", () => {
  const known = temporaryFolder();
  const tally = {
    scenario: "clock-jump",
    runs: 1,
    failed: 1,
    passed: 0,
    inconclusive: 0,
    checks: {},
    medianMs: 1,
    run: "",
  };
  const caught = (name: string, scenario: string) => ({ name, scenarios: [{ ...tally, scenario }] });
  const mutants = [caught("far", "clock-jump"), caught("near", "pause")];
  writeFileSync(join(known.path, "prove.json"), JSON.stringify({ version: 1, mutants }));
  const named = ["far", "near", "new"].map((name) => ({ name, environment: {} }));
  const sample = { ...flags, known: join(known.path, "prove.json"), sample: true };
  const left = [...outOfReach(planned, named, knownProof(sample))].map(([{ name }, catching]) => [name, ...catching]);
  expect(left).toEqual([["far", "clock-jump"]]);
  known.remove();
});

test("the canary is no scenario of the proof: it would catch every mutant", () => {
  const canary = { ...pause, id: "canary", path: "scenarios/canary.ts" } as Planned;
  const plans = new Map([
    ["pause", [pause]],
    ["canary", [canary]],
  ]);
  const beside = besideCanary(canary, [pause, canary], plans);
  expect(beside.scenarios).toEqual([pause]);
  expect([...beside.plans.keys()]).toEqual(["pause"]);
  expect(beside.canary).toBe(canary);
  const mutant = { name: "wrong", environment: { BUG: "x" } };
  const met = queuesOf(beside, [mutant], undefined, flags).flat();
  expect(met.filter((one) => one.mutant !== null).map(({ scenario }) => scenario)).toEqual(["pause"]);
  const namesake = { ...canary, path: "elsewhere/canary.ts" } as Planned;
  expect(() => besideCanary(canary, [namesake], new Map())).toThrow(expect.objectContaining({ code: "DOUBLE_ID" }));
});
