import { describe, expect, test } from "vitest";
import { bandwidth } from "../faults/bandwidth.ts";
import { faultKinds } from "../faults/index.ts";
import { kill } from "../faults/kill.ts";
import { killRandom } from "../faults/kill-random.ts";
import { latency } from "../faults/latency.ts";
import { partition } from "../faults/partition.ts";
import { pause } from "../faults/pause.ts";
import { redisReadOnly } from "../faults/redis-read-only.ts";
import { rollingRestart } from "../faults/rolling-restart.ts";
import { slices } from "../faults/slices.ts";
import { slowClose } from "../faults/slow-close.ts";
import type { Injection } from "../model/fault.ts";
import { accepted, commits } from "../model/milestone.ts";
import { randomFrom } from "../model/random.ts";
import { postgres, redis, service, system } from "../model/system.ts";
import { milliseconds, seconds } from "../model/units.ts";
import { repeated } from "./repeated.ts";
import { schedule } from "./schedule.ts";

const shop = system({
  name: "shop",
  entry: "api",
  components: {
    cache: redis(),
    db: postgres({ database: "d", user: "u" }),
    api: service({
      command: ["x"],
      readyPath: "/",
      instances: 3,
      links: { CACHE: { to: "cache", as: "{host}:{port}" }, DB: { to: "db", as: "{host}:{port}" } },
    }),
  },
});
const capabilities = ["network", "pause", "process", "redis", "postgres"];
const context = { faultKinds, environment: { name: "local", capabilities, kinds: ["redis", "postgres", "service"] } };
const scheduled = (injections: readonly Injection[], seed = "7") =>
  schedule(
    injections,
    { system: shop, faultsMs: 10_000, operations: ["read", "buy"], random: randomFrom(seed) },
    context,
  );
const codesOf = (...injections: readonly Injection[]) => scheduled(injections).problems.map(({ code }) => code);
const slow = latency("api->cache", { latency: milliseconds(50) });

describe("a fault that is over before it can be proven", () => {
  const lasting = (ms: number, inject: Injection["inject"]): readonly string[] =>
    scheduled([{ at: seconds(0), lasting: milliseconds(ms), inject }]).problems.map(({ code }) => code);
  test.each<[Injection["inject"], proofMs: number]>([
    [latency("api->cache", { latency: seconds(6) }), 6000],
    [latency("api->cache", { latency: seconds(6), jitter: seconds(1), direction: "requests" }), 7000],
    [slowClose("api->cache", { delay: seconds(2) }), 2000],
    [bandwidth("api->cache", { kbPerSecond: 2 }), 4000],
    [slices("api->cache", { bytes: 100, pause: milliseconds(50) }), 4000],
    [partition("api->cache"), 300],
  ])("is refused: $kind", (inject, proofMs) => {
    expect(lasting(proofMs, inject)).toEqual(["SHORTER_THAN_ITS_PROOF"]);
    expect(lasting(proofMs / 2, inject)).toEqual(["SHORTER_THAN_ITS_PROOF"]);
    expect(lasting(proofMs + 1, inject)).toEqual([]);
  });

  test("with both times, and a length that would do", () => {
    const inject = latency("api->cache", { latency: seconds(6) });
    expect(scheduled([{ at: seconds(0), lasting: seconds(3), inject }]).problems).toEqual([
      {
        code: "SHORTER_THAN_ITS_PROOF",
        where: "faults[0].lasting",
        message: "is 3 s, and to prove that latency 6 s on api->cache acts takes 6 s",
        remedy: "Let it last longer than that, as seconds(7), or make the fault smaller.",
      },
    ]);
  });
});

describe("when a fault strikes", () => {
  test("in a window, the seed picks the moment, and another injection does not move it", () => {
    const injection: Injection = { at: { from: seconds(2), to: seconds(6) }, lasting: seconds(1), inject: slow };
    const moments = Array.from({ length: 50 }, (_, seed) => scheduled([injection], `${seed}`).schedule[0]!.atMs);
    for (const moment of moments) expect(moment).toBeGreaterThanOrEqual(2000);
    for (const moment of moments) expect(moment).toBeLessThan(6000);
    expect(new Set(moments).size).toBeGreaterThan(45);
    const beside = scheduled([injection, { at: seconds(1), lasting: seconds(1), inject: pause("db") }], "3");
    expect(beside.schedule.find(({ kind }) => kind === "latency")?.atMs).toBe(moments[3]);
  });

  test("after a milestone, which stands in the schedule", () => {
    const after = accepted(50, ["buy"]);
    const { schedule: drawn, problems } = scheduled([{ after, lasting: seconds(1), inject: slow }]);
    expect(problems).toEqual([]);
    expect(drawn).toMatchObject([
      { atMs: 0, lastingMs: 1000, after: { kind: "accepted", count: 50, operations: ["buy"] } },
    ]);
  });

  test("again and again, in step", () => {
    const three = repeated({ at: seconds(1), lasting: seconds(1), inject: slow }, { every: seconds(2), times: 3 });
    expect(scheduled(three).problems).toEqual([]);
    expect(scheduled(three).schedule.map(({ atMs }) => atMs)).toEqual([1000, 3000, 5000]);
  });

  test("one instance after the other, each when the one before is back", () => {
    const restarts = rollingRestart(["api-1", "api-2", "api-3"], { at: seconds(1), down: seconds(0.5) });
    const { schedule: drawn, problems } = scheduled(restarts);
    expect(problems).toEqual([]);
    expect(drawn.map(({ atMs, lastingMs, acts }) => [atMs, lastingMs, ...acts])).toEqual([
      [1000, 500, "api-1"],
      [3500, 500, "api-2"],
      [6000, 500, "api-3"],
    ]);
  });

  test.each<[string, Injection, string]>([
    ["at no time at all", { lasting: seconds(1), inject: slow }, "BAD_TIME"],
    [
      "in a window that is backwards",
      { at: { from: seconds(3), to: seconds(2) }, lasting: seconds(1), inject: slow },
      "BAD_TIME",
    ],
    [
      "in a window that ends too late",
      { at: { from: seconds(0), to: seconds(9.5) }, lasting: seconds(1), inject: slow },
      "FAULT_OUTLASTS_PHASE",
    ],
    [
      "after an operation that nobody does",
      { after: accepted(5, ["bye"]), lasting: seconds(1), inject: slow },
      "UNKNOWN_OPERATION",
    ],
    ["after half an operation", { after: accepted(0.5), lasting: seconds(1), inject: slow }, "OUT_OF_BOUNDS"],
    [
      "after commits of what has none",
      { after: commits("cache", 5), lasting: seconds(1), inject: slow },
      "UNKNOWN_COMPONENT",
    ],
    [
      "after something unheard of",
      { after: { kind: "accpted", count: 1 } as never, lasting: seconds(1), inject: slow },
      "UNKNOWN_MILESTONE",
    ],
    ["on some", { at: seconds(1), on: "some" as "one", lasting: seconds(1), inject: slow }, "BAD_ON"],
  ])("%s is refused", (_how, injection, code) => {
    expect(codesOf(injection)).toEqual([code]);
  });
});

describe("what a fault strikes", () => {
  test("one of several is picked by the seed, and is what the schedule and its title tell", () => {
    const injection: Injection = { at: seconds(1), lasting: seconds(1), inject: kill("api"), on: "one" };
    const picked = Array.from({ length: 40 }, (_, seed) => scheduled([injection], `${seed}`).schedule[0]!);
    for (const { target, acts, title } of picked)
      expect({ acts, title }).toEqual({ acts: [target], title: `kill ${target}` });
    expect(new Set(picked.map(({ target }) => target))).toEqual(new Set(["api-1", "api-2", "api-3"]));
  });

  test("killing at random kills one instance at a time, until the time is up, at uneven pauses", () => {
    const options = { every: seconds(0.5), among: ["api", "cache"], within: seconds(10), down: milliseconds(200) };
    const kills = killRandom(options)(randomFrom("7"));
    const { schedule: drawn, problems } = scheduled(kills);
    expect(problems).toEqual([]);
    expect(drawn.length).toBeGreaterThan(5);
    for (const { acts } of drawn) expect(acts).toHaveLength(1);
    const pauses = drawn.slice(1).map(({ atMs }, index) => Math.round(atMs - drawn[index]!.atMs - 200));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(0);
    expect(new Set(pauses).size).toBeGreaterThan(pauses.length / 2);
    expect(new Set(drawn.map(({ acts: [victim] }) => victim)).size).toBeGreaterThan(2);
    expect(killRandom(options)(randomFrom("8"))).not.toEqual(kills);
    const fixed = killRandom({ ...options, seed: "x" });
    expect(fixed(randomFrom("8"))).toEqual(fixed(randomFrom("7")));
  });
});

describe("faults together", () => {
  const during = (inject: Injection["inject"], from = 1): Injection => ({
    at: seconds(from),
    lasting: seconds(2),
    inject,
  });

  const long = (inject: Injection["inject"]): Injection => ({ at: seconds(1), lasting: seconds(8), inject });

  test("two kinds on one target go together", () => {
    expect(codesOf(during(slow), during(partition("api-1->cache")), during(redisReadOnly("cache")))).toEqual([]);
  });

  test.each<[string, Injection[]]>([
    ["a setting of a server that is killed", [during(redisReadOnly("cache")), during(kill("cache"), 2)]],
    ["a setting of a server that stands still", [during(pause("cache")), during(redisReadOnly("cache"), 2)]],
    ["a link to a server that is dead when it should be proven", [during(kill("cache"), 1), during(slow, 2)]],
    ["a link to a server that is dead when its heal should be", [during(slow), during(kill("cache"), 2)]],
    ["a setting that a kill in its middle takes away", [long(redisReadOnly("cache")), during(kill("cache"), 3)]],
    ["a pause of what is dead", [during(kill("api-2")), during(pause("api"))]],
    [
      "a milestone that may come while a server is dead",
      [during(kill("cache"), 5), { after: accepted(5), lasting: seconds(1), inject: slow }],
    ],
  ])("%s is refused, with the reason", (_what, injections) => {
    const [problem, ...others] = scheduled(injections).problems;
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: "SILENCED_FAULT" });
    expect(problem?.message).toMatch(/"(kill|pause) [\w-]+" acts: .* needed alive/);
  });

  test("a link may be slow before, while and after the server at its end is dead", () => {
    expect(codesOf(long(slow), during(kill("cache"), 3))).toEqual([]);
  });

  test("a link from a dead client can be proven, and so can what comes after the restart", () => {
    expect(codesOf(during(kill("api-1")), during(slow))).toEqual([]);
    expect(codesOf(during(kill("cache"), 1), during(redisReadOnly("cache"), 3))).toEqual([]);
  });

  test("two of one kind are refused also where a milestone may bring them together", () => {
    expect(codesOf(during(slow, 5), { after: accepted(5), lasting: seconds(1), inject: slow })).toEqual([
      "OVERLAPPING_FAULTS",
    ]);
  });
});
