import { expect, test } from "vitest";
import { faultKinds } from "../faults/index.ts";
import {
  accepted,
  attached,
  type Check,
  commits,
  container,
  cutWhile,
  type Injection,
  latency,
  milliseconds,
  misconfigure,
  openSearch,
  partition,
  perEnvironment,
  postgres,
  postgresLock,
  redis,
  redisPause,
  type Scenario,
  scenario,
  seconds,
  service,
  system,
  terminate,
  workload,
} from "../index.ts";
import type { ComponentDefinition } from "../model/system.ts";
import { planRun } from "../plan/plan.ts";

// What is written into run.json, into journals and into fingerprints, as text: the order of keys counts, too. With another
// one, a stored proof would be of another system, and a stored run could not be replayed.

const links = { CACHE: { to: "cache", as: "{url}", connections: 4 } } as const;
const metrics = { path: "/metrics", marks: { full: { metric: "pool_waiting", above: 0, below: 9 } } } as const;
const proxy = { toxiproxy: "127.0.0.1:8474", proxy: "api_cache" };

test.each<[string, ComponentDefinition, string]>([
  ["redis()", redis(), '{"kind":"redis","settings":{},"url":"redis://{host}:{port}"}'],
  [
    "redis({ port, configuration })",
    redis({ port: 7000, configuration: { maxmemory: "1mb" } }),
    '{"kind":"redis","settings":{"configuration":{"maxmemory":"1mb"}},"url":"redis://{host}:{port}","port":7000}',
  ],
  [
    "postgres({ port, … })",
    postgres({ port: 7001, database: "shop", user: "app", configuration: { max_connections: "60" } }),
    '{"kind":"postgres","settings":{"database":"shop","user":"app","configuration":{"max_connections":"60"}},' +
      '"url":"postgres://app@{host}:{port}/shop","port":7001}',
  ],
  ["openSearch()", openSearch(), '{"kind":"opensearch","settings":{},"url":"http://{host}:{port}"}'],
  [
    "openSearch({ configuration })",
    openSearch({ configuration: { a: "b" } }),
    '{"kind":"opensearch","settings":{"configuration":{"a":"b"}},"url":"http://{host}:{port}"}',
  ],
  [
    "service() with the least",
    service({ command: ["node", "api.js"], readyPath: "/ready" }),
    '{"kind":"service","settings":{"command":["node","api.js"],"readyPath":"/ready"},"url":"http://{host}:{port}"}',
  ],
  [
    "service() with everything",
    service({
      metrics,
      port: 8080,
      instances: 1,
      links,
      command: ["node", "api.js"],
      prepare: ["node", "migrate.js"],
      environment: { LEVEL: "info" },
      portVariable: "PORT",
      hostVariable: "HOST",
      nameVariable: "NAME",
      readyPath: "/ready",
      livePath: "/live",
    }),
    '{"kind":"service","settings":{"command":["node","api.js"],"prepare":["node","migrate.js"],' +
      '"environment":{"LEVEL":"info"},"portVariable":"PORT","hostVariable":"HOST","nameVariable":"NAME",' +
      '"readyPath":"/ready","livePath":"/live"},"url":"http://{host}:{port}",' +
      '"links":{"CACHE":{"to":"cache","as":"{url}","connections":4}},"instances":1,"port":8080,' +
      '"metrics":{"path":"/metrics","marks":{"full":{"metric":"pool_waiting","above":0,"below":9}}}}',
  ],
  ["container() with the least", container({ image: "own:1" }), '{"kind":"container","settings":{"image":"own:1"}}'],
  [
    "container() with everything",
    container({
      instances: 2,
      links,
      image: "own:1",
      command: ["run"],
      environment: { LEVEL: "info" },
      port: 80,
      readyPath: "/ready",
    }),
    '{"kind":"container","settings":{"image":"own:1","command":["run"],"environment":{"LEVEL":"info"},"port":80,' +
      '"readyPath":"/ready"},"links":{"CACHE":{"to":"cache","as":"{url}","connections":4}},"instances":2}',
  ],
  [
    "perEnvironment()",
    perEnvironment({ containers: openSearch(), otherwise: redis({ port: 7000 }) }),
    '{"kind":"redis","settings":{},"url":"redis://{host}:{port}","port":7000,"otherwiseIn":{"containers":' +
      '{"kind":"opensearch","settings":{},"url":"http://{host}:{port}"}}}',
  ],
  [
    "attached() of http",
    attached({
      kind: "http",
      at: "127.0.0.1:80",
      pid: 12,
      readyPath: "/ready",
      livePath: "/live",
      links: { CACHE: { to: "cache", ...proxy, connections: 4 }, DB: { to: "db", ...proxy } },
    }),
    '{"kind":"http","attached":{"at":"127.0.0.1:80","pid":12},"settings":{"readyPath":"/ready","livePath":"/live"},' +
      '"links":{"CACHE":{"to":"cache","connections":4,"as":"{host}:{port}",' +
      '"through":{"toxiproxy":"127.0.0.1:8474","proxy":"api_cache"}},"DB":{"to":"db","as":"{host}:{port}",' +
      '"through":{"toxiproxy":"127.0.0.1:8474","proxy":"api_cache"}}}}',
  ],
  [
    "attached() of redis",
    attached({ kind: "redis", at: "127.0.0.1:6379", pidFile: "/run/redis.pid", user: "chaos", password: "example" }),
    '{"kind":"redis","attached":{"at":"127.0.0.1:6379","pidFile":"/run/redis.pid"},' +
      '"settings":{"user":"chaos","password":"example"}}',
  ],
  [
    "attached() of postgres",
    attached({
      kind: "postgres",
      at: "127.0.0.1:5432",
      container: "shop-db-1",
      database: "shop",
      user: "app",
      password: "example",
      admin: { user: "root" },
    }),
    '{"kind":"postgres","attached":{"at":"127.0.0.1:5432","container":"shop-db-1"},' +
      '"settings":{"database":"shop","user":"app","password":"example","admin":{"user":"root"}}}',
  ],
])("%s as JSON", (_, made, text) => {
  expect(JSON.stringify(made)).toBe(text);
});

test.each<[string, () => unknown, string]>([
  ["redis", () => redis(7 as never), '{"kind":"redis","settings":7}'],
  ["postgres", () => postgres(7 as never), '{"kind":"postgres","settings":7}'],
  ["openSearch", () => openSearch(7 as never), '{"kind":"opensearch","settings":7}'],
  ["service", () => service(7 as never), '{"kind":"service","settings":7}'],
  ["container", () => container(7 as never), '{"kind":"container","settings":7}'],
  ["attached", () => attached(7 as never), '{"kind":"http","attached":{"at":"?"},"settings":7}'],
])("%s() of what is no object keeps it, for the plan to complain of", (_, make, text) => {
  expect(JSON.stringify(make())).toBe(text);
});

const own: Check = {
  name: "mine",
  parameters: { atLeast: 2 },
  guards: "safety",
  title: "mine (at least 2)",
  law: "there are two of them",
  judge: () => ({}) as never,
};
const shop = system({
  name: "shop",
  entry: "api",
  components: {
    cache: redis(),
    db: postgres({ database: "shop", user: "app" }),
    api: service({
      command: [process.execPath, "api.js"],
      readyPath: "/",
      instances: 3,
      links: { CACHE: { to: "cache", as: "{url}" }, DB: { to: "db", as: "{url}" } },
    }),
  },
});
const injections: readonly Injection<"api" | "cache" | "db" | "api->cache">[] = [
  { at: { from: seconds(1), to: seconds(2) }, lasting: seconds(3), inject: partition("api->cache") },
  {
    at: seconds(5),
    after: commits("db", 2),
    lasting: seconds(1),
    on: "one",
    inject: terminate("api", { grace: seconds(1) }),
  },
  { after: accepted(50, ["read"]), lasting: seconds(2), inject: redisPause("cache", { what: "writes" }) },
];
const stated: Scenario = scenario({
  name: "the cache is cut off",
  expects: "nothing",
  system: shop,
  workload: workload({
    name: "users",
    perSecond: 20,
    arrivals: "constant",
    keys: 10,
    skew: 0,
    sessions: 2,
    operations: {
      read: {
        weight: 1,
        effect: "read",
        deadline: seconds(1),
        request: () => ({ method: "GET", path: "/" }),
        judge: () => ({ outcome: "ok" }),
      },
    },
  }),
  phases: { warmUp: seconds(1), steady: seconds(5), faults: seconds(10), recovery: seconds(2) },
  faults: injections,
  checks: [own],
});
const environment = {
  name: "local",
  capabilities: ["network", "pause", "process", "redis", "postgres"],
  kinds: ["redis", "postgres", "service"],
};

test("a plan for run.json, and the schedule that a seed draws", () => {
  const { plan } = planRun("cache-cut", stated, "7", { faultKinds, environment });
  const keys = "scenario seed phases schedule workloads operations entry arrivals checks";
  expect(Object.keys(plan)).toEqual(keys.split(" "));
  // Words for people may change.
  expect(plan.schedule.map((one) => JSON.stringify({ ...one, title: undefined }))).toEqual([
    '{"kind":"redisPause","target":"cache","parameters":{"what":"writes"},"id":"i1","atMs":0,' +
      '"after":{"kind":"accepted","count":50,"operations":["read"]},"lastingMs":2000,"acts":["cache"]}',
    '{"kind":"partition","target":"api->cache","parameters":{"direction":"both","share":1},"id":"i2",' +
      '"atMs":1578.7713217218306,"lastingMs":3000,"acts":["api-1->cache","api-2->cache","api-3->cache"]}',
    '{"kind":"terminate","target":"api-2","parameters":{"graceMs":1000},"id":"i3","atMs":5000,' +
      '"after":{"kind":"commits","component":"db","count":2},"lastingMs":1000,"acts":["api-2"]}',
  ]);
  expect(JSON.stringify(plan.checks)).toBe('[{"name":"mine","parameters":{"atLeast":2}}]');
});

test.each<[string, Injection["inject"], string]>([
  ["latency()", latency("a->b", { latency: milliseconds(50) }), '{"latencyMs":50,"jitterMs":0,"direction":"replies"}'],
  ["partition()", partition("a->b"), '{"direction":"both","share":1}'],
  ["cutWhile()", cutWhile("a->b", { sends: "COMMIT" }), '{"sends":"COMMIT","lose":"reply","times":3,"everyMs":500}'],
  ["misconfigure()", misconfigure("a->b", { variable: "A", value: "b" }), '{"variable":"A","value":"b"}'],
  ["postgresLock()", postgresLock("a->b", { table: "t" }), '{"table":"t"}'],
])("%s as JSON has its kind, its target and its parameters, in this order", (name, spec, parameters) => {
  const text = `{"kind":"${name.slice(0, -2)}","target":"a->b","parameters":${parameters}}`;
  expect(JSON.stringify(spec)).toBe(text);
});

test("a partition that closes nothing is stored as the fault silence", () => {
  expect(JSON.stringify(partition("a->b", { heal: "newConnectionsOnly" }))).toBe(
    '{"kind":"silence","target":"a->b","parameters":{"direction":"both","share":1}}',
  );
});

test("the parameters of each kind of fault, as a stored schedule names them", () => {
  const some = faultKinds.map(({ kind, example }) => [kind, Object.keys(example)] as const);
  expect(Object.fromEntries(some.filter(([, names]) => names.length > 0))).toEqual({
    latency: ["latencyMs", "jitterMs", "direction"],
    bandwidth: ["kbPerSecond"],
    slowClose: ["delayMs"],
    slices: ["bytes", "pauseMs"],
    truncate: ["bytes"],
    partition: ["direction", "share"],
    overload: ["connections", "path"],
    slowRequests: ["connections"],
    silence: ["direction", "share"],
    cutWhile: ["sends", "lose", "times", "everyMs"],
    terminate: ["graceMs"],
    crashLoop: ["everyMs"],
    cpuLimit: ["share"],
    fileDescriptors: ["spare"],
    memoryLimit: ["spare"],
    eventLoopBlock: ["blockedForMs", "everyMs"],
    memoryLeak: ["perSecond", "atMost"],
    clockSkew: ["byMs"],
    misconfigure: ["variable", "value"],
    wrongCredential: ["variable"],
    redisPause: ["what"],
    postgresLock: ["table"],
    postgresDropIndex: ["index"],
  });
});
