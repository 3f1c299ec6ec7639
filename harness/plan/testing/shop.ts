import { faultKinds } from "../../faults/index.ts";
import { partition } from "../../faults/partition.ts";
import { milliseconds, noWrongAnswers, postgres, redis, seconds, service } from "../../index.ts";
import { FaultlineError, type Problem } from "../../model/errors.ts";
import type { Injection } from "../../model/fault.ts";
import type { Judgement } from "../../model/workload.ts";
import { planRun } from "../plan.ts";

// A scenario with something at every level, to be misstated.

const traits = { weight: 1, effect: "read", deadline: seconds(1), credential: "valid", poison: false };
const ok = (): Judgement => ({ outcome: "ok" });
const read = { ...traits, request: () => ({ method: "GET", path: "/" }), judge: ok };
const write = { ...traits, effect: "write", keyspace: { name: "carts", keys: 10, skew: 0 }, perform: ok };
const [corner, later] = [
  { at: seconds(0), perSecond: 50 },
  { at: seconds(5), perSecond: 100 },
];
const users = {
  name: "users",
  perSecond: [corner, later],
  arrivals: "constant",
  keys: 10,
  skew: 1,
  sessions: 5,
  slo: { availability: 0.99, within: milliseconds(300) },
  prepare: async () => {},
  operations: { read, write },
};
const web = service({
  command: ["node", "web.js"],
  prepare: ["node", "migrate.js"],
  environment: { LOG_LEVEL: "info" },
  portVariable: "PORT",
  hostVariable: "HOST",
  nameVariable: "NAME",
  readyPath: "/ready",
  livePath: "/live",
  instances: 2,
  links: { CACHE: { to: "cache", as: "redis://{host}:{port}" }, DB: { to: "db", as: "{url}" } },
  metrics: { path: "/metrics", marks: { full: { metric: "pool_waiting", above: 0, below: 9 } } },
});
const injection: Injection = {
  at: { from: seconds(1), to: seconds(2) },
  lasting: seconds(2),
  inject: partition("web->cache"),
  on: "all",
};
export const shopScenario = {
  name: "shop",
  expects: "nothing",
  tags: ["gate"],
  system: {
    name: "shop",
    variant: "plain",
    variables: { MODE: "a" },
    entry: "web",
    components: {
      cache: redis({ port: 7000, configuration: { maxmemory: "1mb" } }),
      db: postgres({ database: "shop", user: "shop", configuration: { max_connections: "60" } }),
      web,
    },
  },
  workload: users,
  phases: { warmUp: seconds(1), steady: seconds(4), faults: seconds(6), recovery: seconds(4) },
  faults: [
    injection,
    {
      at: seconds(4),
      after: { kind: "accepted", count: 3, operations: ["read"] },
      lasting: seconds(1),
      inject: partition("web->db"),
    },
    {
      at: seconds(0),
      after: { kind: "commits", component: "db", count: 3 },
      lasting: seconds(1),
      inject: partition("clients->web"),
    },
  ],
  audit: { atRest: async () => true, read: async () => ({}), gauges: async () => ({}) },
  restWithin: seconds(5),
  checks: [noWrongAnswers()],
};

const environment = {
  name: "local",
  capabilities: ["network", "process"],
  kinds: ["redis", "service", "postgres", "container", "opensearch"],
};

/** What planning has to say of a scenario, its warnings included. What is not a problem of the user's is thrown. */
export function problemsOf(given: unknown): readonly Problem[] {
  try {
    return planRun("shop", given as never, "7", { faultKinds, environment }).warnings;
  } catch (error) {
    if (error instanceof FaultlineError) return error.problems;
    throw error;
  }
}

/** The scenario with another value at a path. */
export function shopWith(path: readonly (string | number)[], value: unknown): unknown {
  const replaced = (at: unknown, [key, ...rest]: readonly (string | number)[]): unknown => {
    if (key === undefined) return value;
    const child = replaced((at as Record<string | number, unknown>)[key], rest);
    if (Array.isArray(at)) return at.with(Number(key), child);
    return { ...(at as object), [key]: child };
  };
  return replaced(shopScenario, path);
}

/** As problems have a path: the settings of a component are its own fields. */
export function whereOf(path: readonly (string | number)[]): string {
  const text = path.reduce<string>(
    (before, key) => (typeof key === "number" ? `${before}[${key}]` : `${before}.${key}`),
    "",
  );
  return `shop: ${text.slice(1).replace(/^(system\.components\.\w+)\.settings\b/, "$1")}`;
}
