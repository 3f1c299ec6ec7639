import { afterEach, expect, test, vi } from "vitest";
import type { RunningSystem } from "../model/environment.ts";
import type { Health, RunEvent } from "../model/events.ts";
import { HealthWatch } from "./health-watch.ts";

let watch: HealthWatch | undefined;
afterEach(() => watch?.end());

function start(health: () => Record<string, Health>): RunEvent[] {
  const events: RunEvent[] = [];
  const system = { health: async () => health() } as unknown as RunningSystem;
  let atMs = 0;
  const now = (): number => (atMs += 1);
  watch = new HealthWatch(system, now, (event) => events.push(event));
  return events;
}

test("knows which instances are not ready, and since when", async () => {
  let health: Record<string, Health> = { "api-1": "ready", "api-2": "ready" };
  const events = start(() => health);
  await vi.waitFor(() => expect(watch?.readiness).toEqual({ instances: 2, notReady: [] }), { timeout: 20_000 });
  health = { "api-1": "ready", "api-2": "silent" };
  const silent = { instance: "api-2", health: "silent", sinceMs: 3 };
  await vi.waitFor(() => expect(watch?.readiness.notReady).toEqual([silent]), { timeout: 20_000 });
  health = { "api-1": "ready", "api-2": "ready" };
  await vi.waitFor(() => expect(watch?.readiness.notReady).toEqual([]), { timeout: 20_000 });
  expect(events).toHaveLength(4);
});

test("says of none that it is ready once they can't be asked", async () => {
  const events = start(() => {
    throw new Error("no engine");
  });
  await vi.waitFor(() => expect(events).toMatchObject([{ type: "note", text: "health: no engine" }]), {
    timeout: 20_000,
  });
  expect(watch?.readiness).toEqual({ notReady: [] });
});
