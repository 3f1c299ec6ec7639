import { afterAll, beforeAll, expect, it } from "vitest";
import { type Component, startRedis } from "../testing/components.ts";
import { openLink } from "../testing/link.ts";
import { eventually } from "../testing/processes.ts";
import { createLog } from "./log.ts";
import { openRedisLink } from "./redis-link.ts";

let component: Component;
beforeAll(async () => {
  component = await startRedis();
});
afterAll(() => component?.dispose());

it("is connected again before it is up: its breaker waits for a command", async () => {
  const way = await openLink(component.url);
  const log = createLog({ logLevel: "silent", instance: "test" });
  const link = openRedisLink({ url: way.url, name: "the cache", deadlineMs: 100, log });
  const ping = () => link.run("ping", (redis) => redis.ping());
  try {
    await eventually(() => link.isUp() || undefined);
    await way.refuse();
    await Promise.all(Array.from({ length: 3 }, () => ping().catch(() => undefined)));
    expect(link.isUp()).toBe(false);
    await way.heal();
    await eventually(() => link.isReady() || undefined);
    expect(link.isUp()).toBe(false);
    await eventually(() => ping().catch(() => undefined));
    expect(link.isUp()).toBe(true);
  } finally {
    link.close();
    await way.close();
  }
});
