import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import * as faultline from "../index.ts";
import { isDuration, milliseconds, seconds } from "../model/units.ts";
import { problemsOf, shopScenario, shopWith, whereOf } from "./testing/shop.ts";

type Path = readonly (string | number)[];

/** Every value of the scenario but those inside a fault or a check, which have options of their own. */
function* valuesIn(value: unknown, path: Path = []): Generator<readonly [Path, unknown]> {
  yield [path, value];
  if (typeof value !== "object" || value === null || isDuration(value)) return;
  for (const [key, child] of Object.entries(value)) {
    if (key === "inject" || key === "checks") continue;
    yield* valuesIn(child, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

const values = [...valuesIn(shopScenario)].slice(1);
/** Objects whose keys are names that the user gives. */
const isByName = (path: Path): boolean =>
  ["components", "variables", "environment", "operations", "links", "marks", "configuration"].includes(
    String(path.at(-1)),
  );
const isFields = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !isDuration(value) && !Array.isArray(value);

const odd = {
  undefined: undefined,
  null: null,
  NaN: Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
  negative: -1,
  "a bare number": 2000,
  "half a number": 0.5,
  text: "2s",
  "no text": "",
  "a list": [],
  "a list of nothing": [undefined],
  "a promise": Promise.resolve(1),
  "a function": () => 1,
  "a bigint": 3n,
  "a symbol": Symbol("s"),
  "a date": new Date(0),
  "a map": new Map(),
  "a class": class Shop {},
  "an instance": new (class Shop {})(),
  "no object": Object.create(null),
  true: true,
  "a duration of NaN": seconds(Number.NaN),
  "a negative duration": seconds(-1),
  "an infinite duration": seconds(Number.POSITIVE_INFINITY),
} as const;

test("the scenario itself is right", () => {
  expect(problemsOf(shopScenario)).toEqual([]);
  expect(values.length).toBeGreaterThan(90);
});

describe("what cannot stand somewhere", () => {
  const isWellPut = (text: string): boolean =>
    !/Invalid input|\[object |Cannot read|is not a function|cannot start a missing/.test(text);

  it.each(Object.entries(odd))("%s is never a crash, and is refused in plain words, with its place", (_, value) => {
    for (const [path] of values) {
      const problems = problemsOf(shopWith(path, value));
      for (const { code, where, message, remedy } of problems) {
        expect(code).toMatch(/^[A-Z_]+$/);
        expect(where).toMatch(/^shop: ./);
        expect(isWellPut(`${message} ${remedy}`), `${where}: ${message} ${remedy}`).toBe(true);
        expect(remedy).toMatch(/[.?]$|await/);
      }
    }
  });

  // What may be left out is the same as what is undefined.
  const never = Object.entries(odd).filter(([name]) => name !== "undefined");

  it.each(never)("%s is nowhere taken for an object with fields", (name, value) => {
    const empty = name === "an instance" || name === "no object";
    for (const [path, right] of values) {
      // Of these all fields may be left out.
      const mayBeEmpty = isByName(path) || path.length === 1 || path.at(-1) === "settings";
      if (!isFields(right) || (empty && mayBeEmpty)) continue;
      const found = problemsOf(shopWith(path, value)).map(({ where }) => where);
      expect(found, `${name} at ${whereOf(path)}`).not.toEqual([]);
    }
  });

  it.each(never)("%s is nowhere taken for a duration", (_, value) => {
    for (const [path, right] of values.filter(([, one]) => isDuration(one))) {
      const found = problemsOf(shopWith(path, value)).filter(({ where }) => where.startsWith(whereOf(path)));
      expect(found, `${String(right)} at ${whereOf(path)}`).not.toEqual([]);
    }
  });
});

test("a bare number in place of each duration is refused with its unit", () => {
  const durations = values.filter(([, value]) => isDuration(value));
  expect(durations.length).toBeGreaterThan(12);
  for (const [path, value] of durations) {
    const ms = Number(value);
    const found = problemsOf(shopWith(path, ms));
    expect(found).toMatchObject([
      { where: whereOf(path), message: `is ${ms}`, remedy: `State its unit, as milliseconds(${ms}).` },
    ]);
  }
});

describe("a key that is unknown", () => {
  const objects = [
    [[], shopScenario] as const,
    ...values.filter(([path, value]) => isFields(value) && !isByName(path)),
  ];
  const keys = objects.flatMap(([path, value]) => Object.keys(value as object).map((key) => [path, key] as const));

  /** The key with two neighbours in each other's place. */
  const swapped = (key: string, at: number): string =>
    [key.slice(0, at), key[at + 1], key[at], key.slice(at + 2)].join("");
  /** Such a key with the others of its object. */
  const misspelt = (path: Path, key: string, name: string): unknown => {
    const object = path.reduce<unknown>((at, one) => (at as Record<string | number, unknown>)[one], shopScenario);
    const entries = Object.entries(object as object).map(([one, value]) => [one === key ? name : one, value]);
    return path.length === 0 ? Object.fromEntries(entries) : shopWith(path, Object.fromEntries(entries));
  };

  it("is refused at every level", () => {
    for (const [path, value] of objects) {
      const changed =
        path.length === 0 ? { ...shopScenario, zzzzz: 1 } : shopWith(path, { ...(value as object), zzzzz: 1 });
      expect(problemsOf(changed), whereOf(path)).toEqual([
        expect.objectContaining({ where: whereOf([...path, "zzzzz"]), message: "is unknown" }),
      ]);
    }
  });

  it("is refused with the one that was meant, two letters of which changed places", () => {
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.nat(), (place, seed) => {
        const [path, key] = place;
        const at = seed % (key.length - 1);
        const name = swapped(key, at);
        fc.pre(key.length > 3 && name !== key);
        const found = problemsOf(misspelt(path, key, name)).find(({ message }) => message === "is unknown");
        if (found === undefined) throw new Error(`${whereOf([...path, name])} is accepted`);
        expect(found.where).toBe(whereOf([...path, name]));
        expect(found.remedy).toContain(`"${key}"`);
      }),
      { numRuns: 300 },
    );
  });
});

type Case = readonly [what: string, path: Path, value: unknown, code: string, where: string, said: RegExp];
const inject = ["faults", 0, "inject"] as const;
const after = ["faults", 1, "after"] as const;
const check = ["checks", 0] as const;
const web = ["system", "components", "web"] as const;
const f = faultline as unknown as Record<string, (...given: readonly unknown[]) => unknown>;
const first = { at: seconds(1), lasting: seconds(1), inject: faultline.kill("cache") };

test.each<Case>([
  ["a component", ["system", "entry"], "wbe", "UNKNOWN_COMPONENT", "system.entry", /"wbe".*Did you mean "web"/s],
  ["a link", [...web, "links", "DB", "to"], "dbb", "UNKNOWN_COMPONENT", "system.components.web.links.DB.to", /"db"/],
  ["a kind", [...web, "kind"], "sevrice", "UNKNOWN_KIND", "system.components.web.kind", /"service"/],
  ["a target", inject, faultline.partition("wbe->cache"), "UNKNOWN_LINK", "faults[0].inject", /"web->cache"/],
  ["a fault", [...inject, "kind"], "partitoin", "UNKNOWN_FAULT", "faults[0].inject", /"partition"/],
  ["a fault that is not called", inject, faultline.partition, "UNKNOWN_FAULT", "faults[0].inject", /function \(part/],
  ["a milestone", [...after, "kind"], "acepted", "UNKNOWN_MILESTONE", "faults[1].after", /"accepted"/],
  ["an operation", [...after, "operations"], ["raed"], "UNKNOWN_OPERATION", "faults[1].after.operations", /"read"/],
  ["one text for a list", [...after, "operations"], "read", "BAD_MILESTONE", "faults[1].after.operations", /list/],
  ["no operation", [...after, "operations"], [], "BAD_MILESTONE", "faults[1].after.operations", /list/],
  [
    "an operation twice",
    [...after, "operations"],
    ["read", "read"],
    "BAD_MILESTONE",
    "faults[1].after.operations",
    /once/,
  ],
  [
    "a phase twice",
    check,
    f["availability"]!({ atLeast: 0.9, phases: ["faults", "faults"] }),
    "BAD_CHECK",
    "checks[0]: availability.phases",
    /once/,
  ],
  ["a count of 0", [...after, "count"], 0, "OUT_OF_BOUNDS", "faults[1].after.count", /whole number from 1/],
  ["half a count", [...after, "count"], 1.5, "OUT_OF_BOUNDS", "faults[1].after.count", /accepted\(200\)/],
  ["a server", ["faults", 2, "after", "component"], "bd", "UNKNOWN_COMPONENT", "faults[2].after.component", /"db"/],
  ["a forgotten call", check, faultline.noLostWrites, "NOT_A_CHECK", "checks[0]", /Call it, as noLostWrites\(\)/],
  ["nothing", check, undefined, "NOT_A_CHECK", "checks[0]", /is missing/],
  ["a promise", check, Promise.resolve(faultline.noLostWrites()), "NOT_A_CHECK", "checks[0]", /promise: `await`/],
  ["a list", check, [faultline.noLostWrites()], "NOT_A_CHECK", "checks[0]", /Give a check/],
  [
    "a misspelt option",
    check,
    f["noStaleReads"]!({ withIn: 2000 }),
    "UNKNOWN_OPTION",
    "checks[0]: noStaleReads.withIn",
    /"within"/,
  ],
  [
    "no option",
    check,
    f["noStaleReads"]!({}),
    "BAD_CHECK",
    "checks[0]: noStaleReads.within",
    /is missing.*seconds\(2\)/s,
  ],
  [
    "text",
    check,
    f["noStaleReads"]!({ within: "2s" }),
    "BAD_CHECK",
    "checks[0]: noStaleReads.within",
    /"2s".*seconds/s,
  ],
  [
    "a duration alone",
    check,
    f["noStaleReads"]!(seconds(2)),
    "BAD_CHECK",
    "checks[0]: noStaleReads",
    /is 2 s.*within/s,
  ],
  ["text for a duration", check, f["recoversWithin"]!("3s"), "BAD_CHECK", "checks[0]: recoversWithin", /"3s"/],
  [
    "an object for one",
    check,
    f["recoversWithin"]!({ within: seconds(3) }),
    "BAD_CHECK",
    "checks[0]: recoversWithin",
    /3 s/,
  ],
  [
    "a name",
    check,
    f["availability"]!({ atLeast: 0.9, operations: ["raed"] }),
    "UNKNOWN_OPERATION",
    "checks[0]: availability.operations",
    /"read"/,
  ],
  [
    "a workload",
    check,
    f["errorBudget"]!({ burnAtMost: 1, workloads: ["user"] }),
    "UNKNOWN_WORKLOAD",
    "checks[0]: errorBudget.workloads",
    /"users"/,
  ],
  [
    "a keyspace",
    check,
    f["indexAgrees"]!({ keyspaces: ["crats"] }),
    "UNKNOWN_KEYSPACE",
    "checks[0]: indexAgrees.keyspaces",
    /"carts"/,
  ],
  [
    "a burn that nothing reaches",
    check,
    f["errorBudget"]!({ burnAtMost: 200 }),
    "CHECK_CANNOT_FAIL",
    "checks[0]: errorBudget.burnAtMost",
    /200.*below 100/s,
  ],
  ["a service's port", [...web, "port"], 65_536, "BAD_PORT", "system.components.web.port", /1 to 65535/],
  [
    "a server's port",
    ["system", "components", "cache", "port"],
    65_536,
    "BAD_PORT",
    "system.components.cache.port",
    /65535/,
  ],
  [
    "a port where there is none",
    ["system", "components", "cache"],
    f["openSearch"]!({ port: 9200 }),
    "BAD_SETTING",
    "system.components.cache.port",
    /Leave it out/,
  ],
  [
    "a container's port",
    ["system", "components", "cache"],
    f["container"]!({ image: "a", port: 65_536 }),
    "BAD_SETTING",
    "system.components.cache.port",
    /65535/,
  ],
  [
    "another environment's port",
    ["system", "components", "cache"],
    f["perEnvironment"]!({ otherwise: faultline.redis(), containers: faultline.redis({ port: 65_536 }) }),
    "BAD_PORT",
    "system.components.cache.containers.port",
    /65535/,
  ],
  [
    "another environment's component",
    ["system", "components", "cache"],
    f["perEnvironment"]!({ otherwise: faultline.redis(), containers: null }),
    "BAD_COMPONENT",
    "system.components.cache.containers",
    /is null/,
  ],
  ["settings that are not there", web, f["service"]!(), "BAD_COMPONENT", "system.components.web.settings", /missing/],
  ["a promised audit", ["audit"], Promise.resolve(shopScenario.audit), "BAD_SCENARIO", "audit", /promise.*atRest/s],
  [
    "a pause that is bare",
    ["faults"],
    [f["killRandom"]!({ every: 2000, among: ["cache"], within: seconds(4) })],
    "PARAMETER_OUT_OF_BOUNDS",
    "faults[0]: killRandom.every",
    /milliseconds\(2000\)/,
  ],
  [
    "nobody to kill",
    ["faults"],
    f["killRandom"]!({ every: seconds(2), among: [], within: seconds(4) }),
    "PARAMETER_OUT_OF_BOUNDS",
    "faults: killRandom.among",
    /list of comp/,
  ],
  [
    "a time in which nobody can be killed",
    ["faults"],
    f["killRandom"]!({ every: seconds(2), among: ["cache"], within: seconds(4), down: seconds(4) }),
    "PARAMETER_OUT_OF_BOUNDS",
    "faults: killRandom.within",
    /longer than `down`/,
  ],
  [
    "a kill's misspelt option",
    ["faults"],
    f["killRandom"]!({ evry: seconds(2), among: ["cache"], within: seconds(4) }),
    "UNKNOWN_OPTION",
    "faults: killRandom.evry",
    /"every"/,
  ],
  [
    "a restart without options",
    ["faults"],
    f["rollingRestart"]!(["web-1"]),
    "PARAMETER_OUT_OF_BOUNDS",
    "faults[0]: rollingRestart",
    /at, down/,
  ],
  [
    "a restart of one text",
    ["faults"],
    f["rollingRestart"]!("web-1", { at: seconds(1) }),
    "PARAMETER_OUT_OF_BOUNDS",
    "faults[0]: rollingRestart.instances",
    /list of inst/,
  ],
  [
    "a restart's bare number",
    ["faults"],
    f["rollingRestart"]!(["web-1"], { at: seconds(1), between: 2 }),
    "PARAMETER_OUT_OF_BOUNDS",
    "faults[0]: rollingRestart.between",
    /milliseconds\(2\)/,
  ],
  [
    "a repetition of nothing",
    ["faults"],
    f["repeated"]!(undefined, { every: seconds(1), times: 2 }),
    "PARAMETER_OUT_OF_BOUNDS",
    "faults[0]: repeated.injection",
    /missing/,
  ],
  [
    "a repetition of a window",
    ["faults"],
    f["repeated"]!({ ...first, at: { from: seconds(1), to: seconds(2) } }, { every: seconds(3), times: 2 }),
    "BAD_TIME",
    "faults[0]: repeated.injection.at",
    /duration/,
  ],
  [
    "no repetition at all",
    ["faults"],
    f["repeated"]!(first, { every: seconds(1), times: 0 }),
    "PARAMETER_OUT_OF_BOUNDS",
    "faults[0]: repeated.times",
    /1 to 1000/,
  ],
  [
    "a repetition for ever",
    ["faults"],
    f["repeated"]!(first, { every: seconds(1), times: Number.POSITIVE_INFINITY }),
    "PARAMETER_OUT_OF_BOUNDS",
    "faults[0]: repeated.times",
    /1 to 1000/,
  ],
  [
    "a repetition's bare number",
    ["faults"],
    f["repeated"]!(first, { every: 3, times: 2 }),
    "PARAMETER_OUT_OF_BOUNDS",
    "faults[0]: repeated.every",
    /milliseconds\(3\)/,
  ],
])("%s", (_what, path, value, code, where, said) => {
  const found = problemsOf(shopWith(path, value));
  expect(found).toContainEqual({
    code,
    where: `shop: ${where}`,
    message: expect.any(String),
    remedy: expect.any(String),
  });
  const { message, remedy } = found.find((one) => one.code === code)!;
  expect(`${message}\n${remedy}`).toMatch(said);
  expect(found).toHaveLength(1);
});

test("a hole in the list of checks, and a check of one's own without its law, are refused", () => {
  // As a comma too many leaves it.
  const checks: unknown[] = [];
  checks[1] = faultline.noWrongAnswers();
  expect(problemsOf({ ...shopScenario, checks })).toMatchObject([{ code: "NOT_A_CHECK", where: "shop: checks[0]" }]);
  const own = { name: "mine", judge: () => ({}) };
  expect(problemsOf({ ...shopScenario, checks: [own] }).map(({ where }) => where)).toEqual(
    ["parameters", "guards", "title", "law"].map((field) => `shop: checks[0].${field}`),
  );
});

test("an audit and a check may be of a class of one's own, with fields of their own", () => {
  class Books {
    readonly pool = new Map();
    atRest = async () => this.pool.size === 0;
    read = async () => ({ registers: [], items: [] });
  }
  class Law {
    readonly seen: string[] = [];
    readonly name = "own";
    readonly parameters = {};
    readonly guards = "safety";
    readonly title = "own";
    readonly law = "own";
    judge(): unknown {
      return this.seen;
    }
  }
  expect(problemsOf({ ...shopScenario, audit: new Books(), checks: [new Law()] })).toEqual([]);
  // Plain ones have only what there is.
  expect(problemsOf({ ...shopScenario, audit: { ...shopScenario.audit, gauge: 1 } })).toMatchObject([
    { where: "shop: audit.gauge", remedy: 'Did you mean "gauges"?' },
  ]);
});

test("what a helper draws or repeats is right where its options are", () => {
  const { killRandom, repeated, rollingRestart, terminate } = faultline;
  expect(repeated(first, { every: seconds(2), times: 2 }).map(({ at }) => Number(at))).toEqual([1000, 3000]);
  expect(rollingRestart(["web-1", "web-2"], { at: seconds(1), down: milliseconds(500) })).toMatchObject([
    { inject: { kind: "terminate", target: "web-1", parameters: { graceMs: 2000 } } },
    { inject: terminate("web-2") },
  ]);
  const faults = [first, killRandom({ every: milliseconds(300), among: ["web"], within: seconds(5) })];
  expect(problemsOf({ ...shopScenario, faults }).filter(({ code }) => code !== "CANNOT_DECIDE")).toEqual([]);
});

test("all problems of all parts come at once, those of the faults also where the system is wrong", () => {
  const wrong = {
    ...shopScenario,
    name: 7,
    system: { ...shopScenario.system, entry: "wbe" },
    phases: { ...shopScenario.phases, faults: 3 },
    workload: { ...shopScenario.workload, keys: -1 },
    faults: [{ ...shopScenario.faults[0], lasting: 3 }],
    checks: [f["noStaleReads"]!({}), undefined],
  };
  expect(problemsOf(wrong).map(({ where }) => where)).toEqual(
    ["name", "system.entry", "phases.faults", "workload.keys", "faults[0].lasting"]
      .concat(["checks[0]: noStaleReads.within", "checks[1]"])
      .map((where) => `shop: ${where}`),
  );
});
