import { afterEach, expect, it, vi } from "vitest";
import type { RunningSystem } from "../model/environment.ts";
import type { RunEvent } from "../model/events.ts";
import { postgres, service, system } from "../model/system.ts";
import { DatabaseWatch } from "./database-watch.ts";

const definition = system({
  name: "shop",
  entry: "api",
  components: {
    db: postgres({ database: "shop", user: "shop" }),
    api: service({ command: ["node"], readyPath: "/", links: { DB: { to: "db", as: "{url}" } } }),
  },
});

type Row = Readonly<Record<string, unknown>>;

let watch: DatabaseWatch | undefined;
afterEach(async () => {
  await watch?.end();
  vi.useRealTimers();
});

/** @param row what the server answers at a look; undefined when it does not */
async function eventsOf(row: (atMs: number) => Row | undefined, forMs: number): Promise<readonly RunEvent[]> {
  vi.useFakeTimers();
  const events: RunEvent[] = [];
  const beganMs = performance.now();
  const now = (): number => performance.now() - beganMs;
  const inspect = (): Promise<readonly Row[]> => {
    const answer = row(now());
    return answer === undefined ? Promise.reject(new Error("it is dead")) : Promise.resolve([answer]);
  };
  const control = (capability: string, target: string): readonly unknown[] =>
    capability === "postgres" && target === "db" ? [{ name: "db", user: "shop", inspect }] : [];
  const running = { control } as unknown as RunningSystem;
  watch = new DatabaseWatch({ definition, system: running, now, emit: (event) => events.push(event) });
  await vi.advanceTimersByTimeAsync(forMs);
  await watch.end();
  return events;
}

const statement = (ageMs: number): Row => ({ id: "7 1", state: "active", text: "SELECT 1", ageMs, waitsFor: null });

it("emits how many sessions the server has, how many it takes, and how long a statement lasts", async () => {
  const events = await eventsOf((atMs) => ({ takes: 97, sessions: 40, statements: [statement(atMs)] }), 3000);
  expect(events).toMatchObject([
    { type: "connections", on: "db", seen: "server", open: 40, atMost: 97 },
    { type: "statement", instance: "db", forMs: 1000, state: "active" },
    { type: "statement", forMs: 2000 },
    { type: "statement", forMs: 3000 },
    { type: "connectionsWatched", watched: [{ on: "db", seen: "server", atMost: 97, looks: 4, gaps: [] }] },
  ]);
});

it("reports for how long the server said nothing, and goes on when it answers again", async () => {
  const events = await eventsOf(
    (atMs) => (atMs > 2000 && atMs < 9000 ? undefined : { takes: 97, sessions: 3, statements: [] }),
    12_000,
  );
  expect(events.at(-1)).toMatchObject({ watched: [{ gaps: [{ fromMs: 2000, toMs: 9000 }] }] });
});

it("takes an answer that is none for no look", async () => {
  const events = await eventsOf(() => ({ takes: "97", sessions: 3, statements: [] }), 2000);
  expect(events).toMatchObject([{ type: "connectionsWatched", watched: [{ looks: 0 }] }]);
});
