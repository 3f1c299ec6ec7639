import { expect, test } from "vitest";
import { availability } from "../checks/availability.ts";
import { latencyWithin } from "../checks/latency-within.ts";
import { faultKinds } from "../faults/index.ts";
import { kill } from "../faults/kill.ts";
import { latency } from "../faults/latency.ts";
import { partition } from "../faults/partition.ts";
import type { Check } from "../model/check.ts";
import { FaultlineError } from "../model/errors.ts";
import type { Injection } from "../model/fault.ts";
import type { Scenario } from "../model/scenario.ts";
import { redis, service, system } from "../model/system.ts";
import { type Duration, milliseconds, seconds } from "../model/units.ts";
import { type Operation, workload } from "../model/workload.ts";
import { planRun } from "./plan.ts";

const read: Operation = {
  weight: 1,
  effect: "read",
  deadline: seconds(1),
  request: () => ({ method: "GET", path: "/" }),
  judge: () => ({ outcome: "ok" }),
};
const shop = system({
  name: "shop",
  entry: "api",
  components: {
    cache: redis(),
    api: service({
      command: ["x"],
      readyPath: "/",
      instances: 2,
      links: { CACHE: { to: "cache", as: "redis://{host}:{port}" } },
    }),
  },
});
const load = workload({ name: "w", perSecond: 50, keys: 10, sessions: 5, operations: { read } });
const valid: Scenario = {
  name: "x",
  expects: "y",
  system: shop,
  workload: load,
  phases: { warmUp: seconds(1), steady: seconds(2), faults: seconds(5), recovery: seconds(2) },
  faults: [{ at: seconds(1), lasting: seconds(2), inject: partition("api->cache") }],
  checks: [
    { name: "c", parameters: {}, guards: "safety", title: "c", law: "l", judge: () => ({}) as never } satisfies Check,
  ],
};
const context = {
  faultKinds,
  environment: { name: "local", capabilities: ["network", "process"], kinds: ["redis", "service"] },
};
const plan = (changes: Partial<Scenario> = {}, seed = "7", around = context) =>
  planRun("shop", { ...valid, ...changes }, seed, around);

function problemsOf(changes: object, around = context) {
  try {
    plan(changes as Partial<Scenario>, "7", around);
  } catch (error) {
    if (error instanceof FaultlineError)
      return error.problems.map(({ code, where, remedy }) => ({ code, where, remedy }));
    throw error;
  }
  return [];
}
const injection = (inject: Injection["inject"], at = 1, lasting = 1): Injection => ({
  at: seconds(at),
  lasting: seconds(lasting),
  inject,
});

test("the same seed gives the same plan, byte for byte; another seed another one", () => {
  expect(JSON.stringify(plan().plan)).toBe(JSON.stringify(plan().plan));
  expect(plan({}, "8").plan.arrivals.sha256).not.toBe(plan().plan.arrivals.sha256);
});

test("the schedule is in order of time and says what each injection acts on", () => {
  const faults = [injection(kill("cache"), 3), injection(partition("api-1->cache"), 1)];
  expect(plan({ faults }).plan.schedule).toMatchObject([
    { id: "i1", title: "partition api-1->cache", atMs: 1000, lastingMs: 1000, acts: ["api-1->cache"] },
    { id: "i2", title: "kill cache", atMs: 3000, acts: ["cache"] },
  ]);
});

test("faults may be drawn from the seed, by a stream that the load does not share", () => {
  const faults = (random: { at(counter: number): number }): readonly Injection[] => [
    injection(kill("cache"), 1 + random.at(0)),
  ];
  const drawn = plan({ faults });
  expect(drawn.plan.schedule[0]?.atMs).toBe(plan({ faults }).plan.schedule[0]?.atMs);
  expect(plan({ faults }, "8").plan.schedule[0]?.atMs).not.toBe(drawn.plan.schedule[0]?.atMs);
  expect(drawn.plan.arrivals).toEqual(plan().plan.arrivals);
});

test.each<[string, object, string, string, RegExp]>([
  [
    "a link that is not there",
    { faults: [injection(partition("api->cach"))] },
    "UNKNOWN_LINK",
    "faults[0].inject",
    /"api->cache"/,
  ],
  [
    "a component that is not there",
    { faults: [injection(kill("cashe"))] },
    "UNKNOWN_COMPONENT",
    "faults[0].inject",
    /"cache"/,
  ],
  [
    "a fault on the wrong sort of target",
    { faults: [injection(kill("api->cache"))] },
    "UNKNOWN_COMPONENT",
    "faults[0].inject",
    /./,
  ],
  [
    "a fault that is not there",
    { faults: [injection({ kind: "partitoin", target: "api->cache", parameters: {} })] },
    "UNKNOWN_FAULT",
    "faults[0].inject",
    /"partition"/,
  ],
  [
    "a parameter out of bounds",
    { faults: [injection(latency("api->cache", { latency: seconds(3000) }))] },
    "PARAMETER_OUT_OF_BOUNDS",
    "faults[0].inject.latency",
    /60 s/,
  ],
  [
    "a negative parameter",
    { faults: [injection(latency("api->cache", { latency: milliseconds(-1) }))] },
    "PARAMETER_OUT_OF_BOUNDS",
    "faults[0].inject.latency",
    /above 0/,
  ],
  [
    "a fault that outlasts its phase",
    { faults: [injection(kill("cache"), 4, 2)] },
    "FAULT_OUTLASTS_PHASE",
    "faults[0]",
    /longer/,
  ],
  ["a fault at no time", { faults: [injection(kill("cache"), Number.NaN)] }, "BAD_TIME", "faults[0].at", /0 s/],
  [
    "a fault of no length",
    { faults: [injection(kill("cache"), 1, 0)] },
    "OUT_OF_BOUNDS",
    "faults[0].lasting",
    /above 0/,
  ],
  [
    "two of one kind on one target",
    { faults: [injection(partition("api->cache"), 1, 2), injection(partition("api-2->cache"), 2)] },
    "OVERLAPPING_FAULTS",
    "faults",
    /make them one/,
  ],
  [
    "faults that throw",
    {
      faults: () => {
        throw new Error("oh");
      },
    },
    "BAD_FAULTS",
    "faults",
    /array/,
  ],
  ["no checks", { checks: [] }, "NO_CHECKS", "checks", /at least one/],
  ["something else than a check", { checks: ["c"] }, "NOT_A_CHECK", "checks[0]", /./],
  [
    "a phase that is too short",
    { phases: { ...valid.phases, steady: 10 as Duration } },
    "OUT_OF_BOUNDS",
    "phases.steady",
    /seconds/,
  ],
  ["a rate that is none", { workload: { ...load, perSecond: Number.NaN } }, "OUT_OF_BOUNDS", "workload.perSecond", /./],
  [
    "more load than can be planned",
    { workload: { ...load, perSecond: 1_000_000 }, phases: { ...valid.phases, steady: seconds(3600) } },
    "TOO_MUCH_LOAD",
    "workload",
    /./,
  ],
  [
    "an operation without a judge",
    { workload: { ...load, operations: { read: { ...read, judge: undefined } } } },
    "NOT_A_FUNCTION",
    "workload.operations.read.judge",
    /./,
  ],
  [
    "two operations of one name",
    { workload: [load, { ...load, name: "v" }] },
    "DUPLICATE_OPERATION",
    "workload.operations.read",
    /own/,
  ],
  [
    "one keyspace of two sizes",
    {
      workload: {
        ...load,
        operations: {
          read: { ...read, keyspace: { name: "k", keys: 5 } },
          peek: { ...read, keyspace: { name: "k", keys: 6 } },
        },
      },
    },
    "KEYSPACE_CONFLICT",
    "workload.operations.peek.keyspace",
    /size/,
  ],
  [
    "a flood",
    { workload: { ...load, perSecond: 100_000, operations: { read: { ...read, deadline: seconds(2) } } } },
    "TOO_MANY_IN_FLIGHT",
    "workload",
    /deadlines/,
  ],
  [
    "a curve whose corners are in disorder",
    {
      workload: {
        ...load,
        perSecond: [
          { at: seconds(2), perSecond: 10 },
          { at: seconds(1), perSecond: 20 },
        ],
      },
    },
    "BAD_RATE",
    "workload.perSecond[1].at",
    /order/,
  ],
  [
    "a promise that cannot be kept or broken",
    { workload: { ...load, slo: { availability: 1, within: seconds(1) } } },
    "OUT_OF_BOUNDS",
    "workload.slo.availability",
    /0.999/,
  ],
  [
    "a credential that is none",
    { workload: { ...load, operations: { read: { ...read, credential: "expird" as "expired" } } } },
    "UNKNOWN_CREDENTIAL",
    "workload.operations.read.credential",
    /did you mean/i,
  ],
  ["no operations", { workload: { ...load, operations: {} } }, "BAD_OPERATIONS", "workload.operations", /./],
  [
    "a system without components",
    { system: { name: "x", entry: "a", components: {} } },
    "NO_COMPONENTS",
    "system",
    /./,
  ],
  ["an entry that is not there", { system: { ...shop, entry: "apl" } }, "UNKNOWN_COMPONENT", "system.entry", /"api"/],
  [
    "a kind that is not there",
    { system: { ...shop, components: { ...shop.components, cache: { kind: "rediss", settings: {} } } } },
    "UNKNOWN_KIND",
    "system.components.cache.kind",
    /"redis"/,
  ],
])("%s is refused, with its place and its remedy", (_what, changes, code, where, remedy) => {
  const found = problemsOf(changes).find((problem) => problem.code === code);
  expect(found).toMatchObject({ code, where: `shop: ${where}` });
  expect(found?.remedy).toMatch(remedy);
});

test("everything that is wrong is told at once", () => {
  const codes = problemsOf({ checks: [], faults: [injection(kill("nobody"), 1, 9)] }).map(({ code }) => code);
  expect(codes).toEqual(["FAULT_OUTLASTS_PHASE", "UNKNOWN_COMPONENT", "NO_CHECKS"]);
});

test("no problem hides another one: a time without a unit, a setting, an operation that a check names", () => {
  const bare = { ...injection(kill("nobody")), at: 1 as unknown as Duration };
  const misspelt = { ...injection(latency("api->cache", { latncy: milliseconds(5) } as never)), lasting: 2 as never };
  const named = latencyWithin({ p99: seconds(1), operations: ["reed"] });
  const components = { ...shop.components, cache: redis({ configration: {} } as never) };
  const found = problemsOf({
    system: { ...shop, components },
    faults: [bare, misspelt],
    checks: [undefined, availability({ atLeast: 2 }), named],
  }).map(({ code, where }) => `${code} ${where}`);
  expect(found).toEqual([
    "UNKNOWN_SETTING shop: system.components.cache.configration",
    "BAD_TIME shop: faults[0].at",
    "UNKNOWN_COMPONENT shop: faults[0].inject",
    "OUT_OF_BOUNDS shop: faults[1].lasting",
    "UNKNOWN_OPTION shop: faults[1].inject.latncy",
    "NOT_A_CHECK shop: checks[0]",
    "BAD_CHECK shop: checks[1]: availability.atLeast",
    "UNKNOWN_OPERATION shop: checks[2]: latencyWithin.operations",
  ]);
});

test("a promise, and one value in place of a list, are named as what they are", () => {
  const promised = (value: unknown) => Promise.resolve(value) as never;
  const found = problemsOf({
    system: promised(shop),
    workload: promised(load),
    checks: valid.checks[0] as never,
    tags: "gate",
  });
  expect(found.map(({ code, remedy }) => `${code} ${remedy}`)).toEqual([
    'BAD_SCENARIO Give a list of words, as ["gate"].',
    "BAD_SYSTEM Define one with system({ name, components, entry }).",
    "NO_WORKLOAD Give one made with workload({ … }), or an array of them.",
    "NO_CHECKS Give a list of checks, as [noLostWrites()].",
  ]);
});

test("an operation is taken for the form that it is nearest to", () => {
  const of = (operation: object) => {
    const { request: _, judge: __, ...traits } = read as unknown as Record<string, unknown>;
    const operations = { read: { ...traits, ...operation } } as never;
    return problemsOf({ workload: workload({ name: "w", perSecond: 50, keys: 10, sessions: 5, operations }) }).map(
      ({ where, remedy }) => `${where.replace("shop: workload.operations.read.", "")}: ${remedy}`,
    );
  };
  const [judge, request, perform] = [() => ({}), () => ({}), () => ({})];
  expect(of({ requst: request, judge })).toEqual(['requst: Did you mean "request"?']);
  expect(of({ perfrm: perform })).toEqual(['perfrm: Did you mean "perform"?']);
  expect(of({ perform, judge })).toEqual(["judge: Leave it out: it belongs to another form of this object."]);
});

test("a capability that the environment lacks is told before the run", () => {
  const lacking = { ...context, environment: { ...context.environment, capabilities: ["network"] } };
  expect(problemsOf({ faults: [injection(kill("cache"))] }, lacking)).toMatchObject([{ code: "MISSING_CAPABILITY" }]);
});

test("different kinds on one target, and one kind on one target at different times, are allowed", () => {
  const faults = [
    injection(partition("api->cache"), 1, 1),
    injection(latency("api->cache", { latency: milliseconds(50) }), 1, 1),
    injection(partition("api->cache"), 2, 1),
  ];
  expect(problemsOf({ faults })).toEqual([]);
});

test("a plan says which operations the workload's own client does", () => {
  const perform: Operation = {
    weight: 1,
    effect: "read",
    deadline: seconds(1),
    perform: async () => ({ outcome: "ok" }),
  };
  const { operations } = plan({ workload: { ...load, operations: { read, own: perform } } }).plan;
  expect(operations.map(({ name, isPerformed }) => [name, isPerformed])).toEqual([
    ["read", undefined],
    ["own", true],
  ]);
});
