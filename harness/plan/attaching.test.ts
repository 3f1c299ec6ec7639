import { expect, test } from "vitest";
import { faultKinds } from "../faults/index.ts";
import { kill } from "../faults/kill.ts";
import { partition } from "../faults/partition.ts";
import { pause } from "../faults/pause.ts";
import { redisAmnesia } from "../faults/redis-amnesia.ts";
import { redisReadOnly } from "../faults/redis-read-only.ts";
import { attached } from "../model/attached.ts";
import type { FaultSpec } from "../model/fault.ts";
import { randomFrom } from "../model/random.ts";
import { redis, type System, system } from "../model/system.ts";
import { seconds } from "../model/units.ts";
import { schedule } from "./schedule.ts";
import { problemsOfSystem } from "./system-problems.ts";

const running = system({
  name: "running",
  entry: "web",
  components: {
    cache: attached({ kind: "redis", at: "127.0.0.1:6379", pid: 4711 }),
    web: attached({ kind: "http", at: "127.0.0.1:8080", readyPath: "/" }),
  },
});
const started = system({ name: "started", entry: "cache", components: { cache: redis() } });

const starting = { name: "starting", capabilities: ["network", "pause"], kinds: ["redis", "http"] };
/** Everything on `cache`, and nothing on `web`. */
const attaching = {
  ...starting,
  name: "attaching",
  capabilities: ["network", "pause", "redis"],
  attaches: {
    lacksOn: (_system: System, _capability: string, name: string) =>
      name === "cache" ? undefined : { message: "nobody said where it is", remedy: "Say where it is." },
    problems: () => [{ code: "OWN_RULE", where: "system", message: "m", remedy: "r" }],
  },
};
const problemsOf = (inject: FaultSpec, environment: typeof starting) =>
  schedule(
    [{ at: seconds(0), lasting: seconds(1), inject }],
    { system: running, faultsMs: 5000, operations: [], random: randomFrom("7") },
    { faultKinds, environment },
  ).problems;

test("what runs already is for an environment that starts nothing, and the other way round", () => {
  const of = (one: System, environment: typeof starting) =>
    problemsOfSystem(one, { faultKinds, environment }).map(({ code, where }) => `${code} ${where}`);
  expect(of(running, starting)).toEqual(["RUNS_ALREADY system.components.cache", "RUNS_ALREADY system.components.web"]);
  expect(of(running, attaching)).toEqual(["OWN_RULE system"]);
  expect(of(started, starting)).toEqual([]);
  expect(of(started, attaching)).toEqual(["NOT_ATTACHED system.components.cache", "OWN_RULE system"]);
});

test("a fault where its capability can't be had says why, and what to do about it", () => {
  expect(problemsOf(pause("cache"), attaching)).toEqual([]);
  expect(problemsOf(pause("web"), attaching)).toEqual([
    {
      code: "MISSING_CAPABILITY",
      where: "faults[0].inject",
      message: "pause needs pause, which can't be had on web: nobody said where it is",
      remedy: "Say where it is.",
    },
  ]);
  expect(problemsOf(partition("clients->web"), attaching)[0]?.message).toContain("on clients->web");
  expect(problemsOf(kill("cache"), attaching).map(({ code }) => code)).toEqual(["MISSING_CAPABILITY"]);
});

test("what could not be undone is only for what Faultline starts itself", () => {
  expect(problemsOf(redisReadOnly("cache"), attaching)).toEqual([]);
  expect(problemsOf(redisAmnesia("cache"), attaching)).toMatchObject([
    { code: "NOT_UNDOABLE", message: expect.stringContaining("its data would be gone") },
  ]);
  expect(problemsOf(redisAmnesia("cache"), { ...starting, capabilities: ["redis"] })).toEqual([]);
});
