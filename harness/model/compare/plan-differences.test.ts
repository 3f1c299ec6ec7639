import { describe, expect, test } from "vitest";
import { sampleRun } from "../../report/testing/sample-run.ts";
import type { Plan } from "../plan.ts";
import type { RunRecord, StoredRun } from "../run.ts";
import { differencesOfPlans } from "./plan-differences.ts";
import { sideOf } from "./side-of.ts";

const sample = sampleRun({ verdict: "pass" });
const checks = [{ name: "noStaleReads", parameters: { withinMs: 2000 } }];
const { plan, scenario, system, host } = sample.record;
const base = withRecord({ plan: { ...plan, checks } });
const [workload] = plan.workloads as [Plan["workloads"][number]];
const [read, ...operations] = plan.operations as [Plan["operations"][number]];
const [injection] = plan.schedule as [Plan["schedule"][number]];

function withRecord(changes: Partial<RunRecord>, run = sample): StoredRun {
  return { ...run, record: { ...run.record, ...changes } };
}
const withPlan = (changes: Partial<Plan>): StoredRun => withRecord({ plan: { ...plan, checks, ...changes } });
const differ = (run: StoredRun, before = base) => differencesOfPlans(sideOf([before]), sideOf([run]));

test("runs that were asked the same have no difference", () => {
  expect(differ(base)).toEqual([]);
});

test.each([
  ["the system's variant", withRecord({ plan: base.record.plan, system: { ...system, variant: "write-back" } })],
  ["the system", withRecord({ plan: base.record.plan, system: { ...system, name: "another" } })],
  ["the version of Faultline", withRecord({ plan: base.record.plan, faultline: "9.9.9" })],
  ["the versions of servers", withRecord({ plan: base.record.plan, versions: { postgres: "17" } })],
  ["a check that one side alone has", withPlan({ checks: [...checks, { name: "staysUp", parameters: {} }] })],
  ["the instances of the entry", withPlan({ entry: ["api-1"] })],
])("%s may differ: that is what is compared", (_, run) => {
  expect(differ(run)).toEqual([]);
});

test.each([
  [
    "the scenario",
    withRecord({ scenario: { ...scenario, id: "other" } }),
    "SCENARIOS_DIFFER",
    /cache-partition.*other/,
  ],
  [
    "a phase",
    withPlan({ phases: [...plan.phases.slice(0, 3), { phase: "recovery", lengthMs: 4000 }] }),
    "PHASES_DIFFER",
    /8 s.*4 s/,
  ],
  ["the rate", withPlan({ workloads: [{ ...workload, perSecond: 25 }] }), "LOADS_DIFFER", /120\/s.*25\/s/],
  [
    "the promise",
    withPlan({ workloads: [{ ...workload, slo: { availability: 0.9, withinMs: 300 } }] }),
    "LOADS_DIFFER",
    /90 % within 300 ms/,
  ],
  [
    "a workload more",
    withPlan({ workloads: [workload, { name: "bots", perSecond: 9 }] }),
    "LOADS_DIFFER",
    /none.*9\/s/,
  ],
  ["an operation less", withPlan({ operations: [read] }), "LOADS_DIFFER", /PUT.*none|none/],
  [
    "a deadline",
    withPlan({ operations: [{ ...read, deadlineMs: 1 }, ...operations] }),
    "LOADS_DIFFER",
    /2000 ms.*1 ms/,
  ],
  [
    "the arrivals of one seed",
    withPlan({ arrivals: { ...plan.arrivals, sha256: "00" } }),
    "LOADS_DIFFER",
    /other keys/,
  ],
  ["a fault", withPlan({ schedule: [] }), "FAULTS_DIFFER", /partition.*none/],
  [
    "a fault's time",
    withPlan({ schedule: [{ ...injection, atMs: 700 }] }),
    "FAULTS_DIFFER",
    /0\.5–8\.5 s.*0\.7–8\.7 s/,
  ],
  [
    "a parameter that no title has",
    withPlan({ schedule: [{ ...injection, parameters: { a: 1 } }] }),
    "FAULTS_DIFFER",
    /"a":1/,
  ],
  [
    "a check's parameter",
    withPlan({ checks: [{ name: "noStaleReads", parameters: { withinMs: 9 } }] }),
    "CHECKS_DIFFER",
    /2000.*9/,
  ],
  [
    "the environment",
    withRecord({ plan: base.record.plan, environment: "containers" }),
    "ENVIRONMENTS_DIFFER",
    /local.*containers/,
  ],
  [
    "the machine",
    withRecord({ plan: base.record.plan, host: { ...host, cores: 64 } }),
    "MACHINES_DIFFER",
    /4 cores.*64 cores/,
  ],
] as const)("%s must not differ", (_, run, code, said) => {
  const problems = differ(run);
  expect([...new Set(problems.map((one) => one.code))]).toEqual([code]);
  expect(problems.map(({ where, message }) => `${where} ${message}`).join("\n")).toMatch(said);
  for (const { remedy } of problems) expect(remedy).toMatch(/^(Compare|Run) .*\.$/);
});

test("everything that differs is named at once", () => {
  const other = withRecord({
    environment: "containers",
    plan: { ...plan, checks, schedule: [], workloads: [{ ...workload, perSecond: 8 }] },
  });
  expect(differ(other).map(({ code }) => code)).toEqual(["LOADS_DIFFER", "ENVIRONMENTS_DIFFER", "FAULTS_DIFFER"]);
});

describe("seeds", () => {
  const seeded = (seed: string, changes: Partial<Plan> = {}, run = sample): StoredRun => {
    const drawn = { ...run.record.plan, checks, seed, arrivals: { ...plan.arrivals, sha256: seed }, ...changes };
    return withRecord({ id: `run-${seed}`, seed, plan: drawn }, run);
  };
  const between = (one: readonly StoredRun[], other: readonly StoredRun[]) =>
    differencesOfPlans(sideOf(one), sideOf(other)).map(({ code }) => code);
  const three = (names: string, changes: Partial<Plan> = {}, run = sample) =>
    names.split("").map((seed) => seeded(seed, changes, run));

  test("one for all runs of a side must be the same on both", () => {
    expect(between(three("777"), three("777"))).toEqual([]);
    expect(between(three("777"), three("7"))).toEqual([]);
    expect(between(three("777"), three("888"))).toEqual(["SEEDS_DIFFER"]);
    expect(between(three("778"), three("788"))).toEqual(["SEEDS_DIFFER"]);
  });

  test("of its own for each run may be any; the same ones must have drawn the same", () => {
    expect(between(three("123"), three("123"))).toEqual([]);
    expect(between(three("123"), three("456"))).toEqual([]);
    expect(between(three("123"), three("123", { arrivals: { ...plan.arrivals, sha256: "x" } }))).toContain(
      "LOADS_DIFFER",
    );
  });

  test("of its own, another fault, rate or number of keys is still seen", () => {
    const later = { schedule: [{ ...injection, atMs: 900 }] };
    expect(between(three("123"), three("456", later))).toEqual(["FAULTS_DIFFER"]);
    const slow = sampleRun({ verdict: "pass", perSecond: 100 });
    expect(between(three("123"), three("456", { workloads: [workload] }, slow))).toContain("LOADS_DIFFER");
    const history = { ...sample.history!, key: sample.history!.key.map((key) => key * 10) };
    expect(between(three("123"), three("456", {}, { ...sample, history }))).toEqual(["LOADS_DIFFER"]);
  });
});
