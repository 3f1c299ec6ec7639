import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Mutant } from "../model/mutant.ts";
import type { Proof } from "../model/prove/proof.ts";
import type { Planned } from "./planned.ts";
import { besideCanary, type ProveFlags } from "./prove.ts";
import { switchesOf, type Wanted } from "./prove-cell.ts";
import { isUnchanged, knownProof, outOfReach, queuesOf } from "./prove-queues.ts";
import type { Queues } from "./prove-schedule.ts";
import { temporaryFolder } from "./testing/faultline.ts";

const flags: ProveFlags = { scenarios: "scenarios", env: "local", output: "none", repeat: "1", allowTarget: [] };
const pause = {
  id: "pause",
  path: "scenarios/calm.ts",
  plan: { seed: "prove-1", phases: [], schedule: [] },
  scenario: { checks: [], system: { name: "none", entry: "web", components: {} } },
} as unknown as Planned;
const planned = { scenarios: [pause], plans: new Map([["pause", [pause]]]) };
const cellsOf = ({ canary, correct, mutants }: Queues) => [...canary, ...correct, ...mutants].flat(2);
const cellIn = (env: string, switches: Record<string, string> = {}) =>
  cellsOf(queuesOf(planned, [{ name: "wrong", environment: switches }], {}, { ...flags, env })).map(
    ({ fingerprint }) => fingerprint,
  );

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
  const met = cellsOf(queuesOf(beside, [mutant], {}, flags));
  expect(met.filter((one) => one.mutant !== null).map(({ scenario }) => scenario)).toEqual(["pause"]);
  const namesake = { ...canary, path: "elsewhere/canary.ts" } as Planned;
  expect(() => besideCanary(canary, [namesake], new Map())).toThrow(expect.objectContaining({ code: "DOUBLE_ID" }));
});

describe("mutants that are not expected to be caught", () => {
  const proof = (...caught: readonly (readonly [string, string])[]): Proof =>
    ({
      mutants: caught.map(([name, scenario]) => ({
        name,
        scenarios: [{ scenario, failed: 1, passed: 0, medianMs: 1 }],
      })),
    }) as unknown as Proof;
  const named = (name: string, joins?: string) => ({
    name,
    environment: { BUG: name },
    ...(joins === undefined ? {} : { joins }),
  });
  const all = ["a", "b", "c", "d", "e", "f"];
  const elsewhere = proof(...all.map((name) => [name, "elsewhere"] as const));
  const runsOf = (mutants: readonly Mutant[], expected: readonly Proof[], change: Partial<ProveFlags> = {}) =>
    queuesOf(planned, mutants, { expected }, { ...flags, ...change })
      .mutants.flat()
      .map((cells) => cells.map(({ mutant }) => mutant).join());
  const joined = all.map((name) => named(name, ","));

  test("share runs of up to four, where the project says how their values are joined", () => {
    expect(runsOf(joined, [elsewhere])).toEqual(["a,b,c,d", "e,f"]);
    expect(
      runsOf(
        all.map((name) => named(name)),
        [elsewhere],
      ),
    ).toEqual(all);
    const other = { name: "b", environment: { OTHER: "b" }, joins: "," };
    expect(runsOf([joined[0]!, other, joined[2]!], [elsewhere])).toEqual(["a,c", "b"]);
  });

  test("do not, where one of them is expected, where nothing is known of them, or where each is to be apart", () => {
    const here = proof(["b", "pause"]);
    expect(runsOf(joined.slice(0, 3), [elsewhere, here])).toEqual(["a,c", "b"]);
    expect(runsOf(joined.slice(0, 3), [proof(["a", "elsewhere"])])).toEqual(["a", "b", "c"]);
    expect(runsOf(joined, [elsewhere], { apart: true })).toEqual(all);
    expect(runsOf(joined, [elsewhere], { untilCaught: true })).toEqual(all);
  });

  test("share only the same scenario with the same seed", () => {
    const again = { ...pause, plan: { ...pause.plan, seed: "prove-2" } } as Planned;
    const twice = { scenarios: [pause], plans: new Map([["pause", [pause, again]]]) };
    const runs = queuesOf(twice, joined.slice(0, 2), { expected: [elsewhere] }, flags).mutants.flat();
    expect(runs.map((cells) => cells.map(({ mutant, seed }) => `${mutant} ${seed}`).join())).toEqual([
      "a prove-1,b prove-1",
      "a prove-2,b prove-2",
    ]);
  });

  test("are all switched on in a run that they share", () => {
    expect(switchesOf(["a", "c"], joined)).toEqual({ BUG: "a,c" });
    expect(switchesOf(["a"], joined)).toEqual({ BUG: "a" });
    expect(switchesOf([null], joined)).toEqual({});
  });
});

test("a cell that was run is kept only as long as the code is that of its fingerprint", () => {
  const { correct } = queuesOf(planned, [], {}, flags);
  const [{ mutant, scenario, seed, fingerprint }] = correct[0]![0]! as [Wanted];
  const cell = { mutant, scenario, seed, fingerprint, verdict: "pass", checks: [], tookMs: 1, run: "r" } as const;
  expect(isUnchanged(cell, planned, [], flags)).toBe(true);
  expect(isUnchanged({ ...cell, fingerprint: "of other code" }, planned, [], flags)).toBe(false);
});
