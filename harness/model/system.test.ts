import { expect, test } from "vitest";
import { kill } from "../faults/kill.ts";
import { latency } from "../faults/latency.ts";
import { partition } from "../faults/partition.ts";
import { attached } from "./attached.ts";
import { scenario } from "./scenario.ts";
import { instancesNamed, linksNamed, linksOf, postgres, redis, service, statedConnections, system } from "./system.ts";
import { milliseconds, seconds } from "./units.ts";
import type { Workload } from "./workload.ts";

const shop = system({
  name: "shop",
  entry: "api",
  components: {
    db: postgres({ database: "shop", user: "shop" }),
    cache: redis(),
    api: service({
      command: ["node", "api.js"],
      readyPath: "/readyz",
      instances: 2,
      links: { DB: { to: "db", as: "{host}:{port}" }, CACHE: { to: "cache", as: "{host}:{port}" } },
    }),
  },
});

test("every client instance has a link of its own", () => {
  expect(linksOf(shop).map((link) => link.name)).toEqual([
    "clients->api-1",
    "clients->api-2",
    "api-1->db",
    "api-1->cache",
    "api-2->db",
    "api-2->cache",
  ]);
});

test("a target names all instances, or one", () => {
  expect(linksNamed(shop, "api->cache").map((link) => link.name)).toEqual(["api-1->cache", "api-2->cache"]);
  expect(linksNamed(shop, "api-2->cache").map((link) => link.name)).toEqual(["api-2->cache"]);
  expect(linksNamed(shop, "cache->api")).toEqual([]);
  expect(linksNamed(shop, "api")).toEqual([]);
  expect(instancesNamed(shop, "api")).toEqual(["api-1", "api-2"]);
  expect(instancesNamed(shop, "db")).toEqual(["db"]);
  expect(instancesNamed(shop, "api-3")).toEqual([]);
});

const rest = {
  name: "x",
  expects: "y",
  system: shop,
  workload: {} as Workload,
  phases: { warmUp: seconds(1), steady: seconds(1), faults: seconds(1), recovery: seconds(1) },
  checks: [],
} as const;
const at = { at: seconds(0), lasting: seconds(1) } as const;

test("a fault on a component or link that is not there does not compile", () => {
  scenario({ ...rest, faults: [{ ...at, inject: partition("api->cache") }] });
  scenario({ ...rest, faults: [{ ...at, inject: partition("api-1->cache") }] });
  scenario({ ...rest, faults: [{ ...at, inject: latency("clients->api", { latency: milliseconds(50) }) }] });
  scenario({ ...rest, faults: [{ ...at, inject: kill("api-2") }] });
  // @ts-expect-error there is no cach
  scenario({ ...rest, faults: [{ ...at, inject: partition("api->cach") }] });
  // @ts-expect-error the cache links to nobody
  scenario({ ...rest, faults: [{ ...at, inject: partition("cache->api") }] });
  // @ts-expect-error there is no worker
  scenario({ ...rest, faults: [{ ...at, inject: kill("worker") }] });
  // @ts-expect-error a bare number is no duration
  scenario({ ...rest, faults: [{ at: 1, lasting: seconds(1), inject: kill("api") }] });
  expect.assertions(0);
});

test("a link to a component that is not there does not compile", () => {
  const web = service({ command: ["x"], readyPath: "/", links: { DB: { to: "bd", as: "{port}" } } });
  // @ts-expect-error there is no bd
  system({ name: "x", entry: "web", components: { web } });
  // @ts-expect-error there is no wep
  system({ name: "x", entry: "wep", components: { web: redis() } });
  expect.assertions(0);
});

test("a link's connections are those that any of its variables states", () => {
  const DB = { to: "db", as: "{host}" } as const;
  const api = service({
    command: ["node"],
    readyPath: "/",
    links: { HOST: DB, PORT: { to: "db", as: "{port}", connections: 12 }, CACHE: { to: "cache", as: "{url}" } },
  });
  const stated = system({
    name: "shop",
    entry: "api",
    components: { db: postgres({ database: "shop", user: "shop" }), cache: redis(), api },
  });
  const named = (name: string) => statedConnections(stated, linksNamed(stated, name)[0]!);
  expect([named("api->db"), named("api->cache"), named("clients->api")]).toEqual([12, undefined, undefined]);
});

test("a link of a system that runs already states its connections, too", () => {
  const through = { to: "cache", toxiproxy: "127.0.0.1:8474", proxy: "cache" } as const;
  const web = attached({
    kind: "http",
    at: "127.0.0.1:80",
    readyPath: "/",
    links: { C: { ...through, connections: 3 } },
  });
  expect(web.links).toEqual({
    C: { to: "cache", as: "{host}:{port}", connections: 3, through: { toxiproxy: "127.0.0.1:8474", proxy: "cache" } },
  });
});
