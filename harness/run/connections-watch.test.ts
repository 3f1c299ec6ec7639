import { afterEach, expect, it, vi } from "vitest";
import type { LinkControl, RedisControl } from "../model/capabilities.ts";
import type { RunningSystem } from "../model/environment.ts";
import type { RunEvent } from "../model/events.ts";
import { redis, service, system } from "../model/system.ts";
import { ConnectionsWatch } from "./connections-watch.ts";

const definition = system({
  name: "shop",
  entry: "api",
  components: {
    cache: redis(),
    api: service({
      command: ["node"],
      readyPath: "/",
      instances: 2,
      links: { CACHE: { to: "cache", as: "{url}", connections: 3 } },
    }),
  },
});

let events: RunEvent[] = [];
let watch: ConnectionsWatch | undefined;
afterEach(async () => {
  await watch?.end();
  vi.useRealTimers();
});

/** @param open how many connections each link has at a look; undefined when it can't be seen */
function start(open: (link: string, look: number) => number | undefined, maxclients = "10000"): void {
  vi.useFakeTimers();
  events = [];
  const looks = new Map<string, number>();
  const controlOf = (name: string): Partial<LinkControl> => ({
    name,
    openConnections() {
      looks.set(name, (looks.get(name) ?? 0) + 1);
      const count = open(name, looks.get(name)!);
      return Promise.resolve(count === undefined ? undefined : { open: count, lookedAtMs: performance.now() });
    },
  });
  const server: Partial<RedisControl> = { name: "cache", original: () => maxclients };
  const control = (capability: string, target: string): readonly unknown[] =>
    capability === "network" ? [controlOf(target)] : capability === "redis" && target === "cache" ? [server] : [];
  const running = { control } as unknown as RunningSystem;
  watch = new ConnectionsWatch({
    definition,
    system: running,
    now: () => performance.now(),
    emit: (event) => events.push(event),
  });
}

const mostOn = (on: string): number | undefined =>
  events.flatMap((event) => (event.type === "connections" && event.on === on ? [event.open] : [])).at(-1);
const watched = () => events.flatMap((event) => (event.type === "connectionsWatched" ? event.watched : []));

it("counts what each instance has open, with what it states, and their sum with what the server takes", async () => {
  start((link, look) => (link.startsWith("api-1") ? 2 : look < 3 ? 3 : 8), "9");
  await vi.advanceTimersByTimeAsync(7000);
  expect([mostOn("api-1->cache"), mostOn("api-2->cache"), mostOn("cache")]).toStrictEqual([2, 8, 10]);
  expect(events.at(-1)).toMatchObject({ on: "cache", open: 10, atMost: 9, seen: "proxy" });
  await watch!.end();
  expect(watched().map(({ on, atMost }) => [on, atMost])).toStrictEqual([
    ["api-1->cache", 3],
    ["api-2->cache", 3],
    ["cache", 9],
  ]);
});

it("does not count what the load itself has open", async () => {
  start(() => 1);
  await vi.advanceTimersByTimeAsync(4000);
  await watch!.end();
  expect(JSON.stringify(events)).not.toContain("clients");
});

it("reports a link that cannot be seen as one that was not looked at, and adds nothing up without it", async () => {
  start((link) => (link.startsWith("api-1") ? undefined : 1));
  await vi.advanceTimersByTimeAsync(7000);
  await watch!.end();
  expect([mostOn("api-1->cache"), mostOn("api-2->cache"), mostOn("cache")]).toStrictEqual([undefined, 1, undefined]);
  expect(watched()).toMatchObject([{ looks: 0, gaps: [{}] }, { gaps: [] }, { looks: 0, gaps: [{}] }]);
});

it("says how it watched once, however often it is ended", async () => {
  start(() => 1);
  await vi.advanceTimersByTimeAsync(1000);
  await watch!.end();
  await watch!.end();
  expect(events.filter(({ type }) => type === "connectionsWatched")).toHaveLength(1);
});
