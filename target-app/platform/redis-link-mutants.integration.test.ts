import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { MutantName } from "../mutants.ts";
import { type Component, startRedis } from "../testing/components.ts";
import { type Link, openLink } from "../testing/link.ts";
import { both, withMutant } from "../testing/mutant.ts";
import { eventually } from "../testing/processes.ts";
import { createLog } from "./log.ts";

// Each seeded bug in how the cache is reached: the same steps show it with the bug, and nothing without it.

let component: Component;
let way: Link;
const log = createLog({ logLevel: "silent", instance: "test" });

beforeAll(async () => {
  component = await startRedis();
});
beforeEach(async () => {
  way = await openLink(component.url);
});
afterEach(() => way.close());
afterAll(() => component?.dispose());

/** Whether the cache is reached again after what was done to the way to it. */
async function reached(who: MutantName | "correct", upset: (isReady: () => Promise<unknown>) => Promise<void>) {
  const { openRedisLink } = await withMutant(who, () => import("./redis-link.ts"));
  const link = openRedisLink({ url: way.url, name: "the cache", deadlineMs: 100, log });
  const isReady = (withinMs = 20_000) => eventually(() => link.isReady() || undefined, { withinMs });
  try {
    await isReady();
    await upset(isReady);
    return await isReady(who === "correct" ? 20_000 : 1500).then(
      () => "reached",
      () => "given up",
    );
  } finally {
    link.close();
  }
}

it("gives-up-reconnecting: an outage that lasts a while never ends", async () => {
  const seen = await both("gives-up-reconnecting", (who) =>
    reached(who, async () => {
      await way.refuse();
      await sleep(3000);
      await way.heal();
    }),
  );
  expect(seen).toEqual({ mutant: "given up", correct: "reached" });
});

it("limited-reconnects: a few short cuts are survived, and the next one is not", async () => {
  const seen = await both("limited-reconnects", (who) =>
    reached(who, async (isReady) => {
      for (let cut = 1; cut <= 4; cut++) {
        await way.refuse();
        await way.heal();
        if (cut < 4) await sleep(300).then(() => isReady());
        else await sleep(300);
      }
    }),
  );
  expect(seen).toEqual({ mutant: "given up", correct: "reached" });
});
