import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MutantName } from "../mutants.ts";
import { createLog } from "../platform/log.ts";
import { type Component, startRedis } from "../testing/components.ts";
import { openLink } from "../testing/link.ts";
import { both, withMutant } from "../testing/mutant.ts";
import { eventually } from "../testing/processes.ts";
import type { JobEvent } from "./job.ts";

// Each seeded bug of the queue and its workers: the same steps show it with the bug, and nothing without it.

let queue: Component;
let redis: Redis;
const log = createLog({ logLevel: "silent", instance: "test" });
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  queue = await startRedis("--maxmemory-policy", "noeviction");
  redis = new Redis(queue.url);
});
afterAll(async () => {
  redis?.disconnect();
  await queue?.dispose();
});

type Who = MutantName | "correct";
type Order = JobEvent<"order-placed">;

/** With a queue and workers of its own for each of the two. */
function compared<T>(name: MutantName, observe: (who: Who) => Promise<T>) {
  return both(name, async (who) => {
    await redis.flushall();
    try {
      return await observe(who);
    } finally {
      for (const close of closing.splice(0).reverse()) await close();
    }
  });
}

async function openQueue(who: Who) {
  const { openProducer } = await withMutant(who, () => import("./producer.ts"));
  const producer = openProducer(queue.url, log);
  closing.push(() => producer.close());
  await eventually(() => producer.ping().then(() => true));
  const enqueue = (productId: number) => {
    const payload = { tenant: "acme", orderId: randomUUID(), productId, quantity: 1 };
    return producer.enqueue("order-placed", { id: randomUUID(), payload });
  };
  return { producer, enqueue };
}

type Perform = (event: Order, hopeless: (reason: string) => Error) => Promise<void>;

async function consume(who: Who, perform: Perform, url = queue.url) {
  const buried: string[] = [];
  const { startConsumer, Hopeless } = await withMutant(who, async () => ({
    ...(await import("./consumer.ts")),
    ...(await import("./job.ts")),
  }));
  const bury = async (_event: Order, reason: string) => void buried.push(reason);
  const work = {
    kind: "order-placed",
    perform: (event: Order) => perform(event, (text) => new Hopeless(text)),
    bury,
  } as const;
  const consumer = startConsumer(work, { url, log, concurrency: 2 });
  // With some of the bugs it never ends.
  closing.push(() => Promise.race([consumer.close(200), sleep(1500)]));
  return buried;
}

it("missing-await: a job is over before its effect is", async () => {
  const seen = await compared("missing-await", async (who) => {
    const { producer, enqueue } = await openQueue(who);
    const began = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    await consume(who, () => {
      began.resolve();
      return end.promise;
    });
    await enqueue(1);
    await began.promise;
    const isOver = eventually(async () => (await producer.depth()) === 0 || undefined, { withinMs: 500 });
    const depth = await isOver.then(
      () => 0,
      () => producer.depth(),
    );
    end.resolve();
    return depth;
  });
  expect(seen).toEqual({ mutant: 0, correct: 1 });
});

it("no-backoff: all attempts are used up while what they need is still away", async () => {
  const seen = await compared("no-backoff", async (who) => {
    const { enqueue } = await openQueue(who);
    let attempts = 0;
    const buried = await consume(who, async () => {
      attempts += 1;
      throw new Error("it is away");
    });
    await enqueue(1);
    const isBuried = eventually(() => buried.length > 0 || undefined, { withinMs: who === "correct" ? 2000 : 10_000 });
    const fate = await isBuried.then(
      () => "buried",
      () => "waiting",
    );
    return { fate, isPatient: attempts < 15 };
  });
  expect(seen).toEqual({
    mutant: { fate: "buried", isPatient: false },
    correct: { fate: "waiting", isPatient: true },
  });
});

it("infinite-retry: one poison message comes again and again, and the others wait", async () => {
  const seen = await compared("infinite-retry", async (who) => {
    const { enqueue } = await openQueue(who);
    let poisonTaken = 0;
    let done = 0;
    for (const productId of [13, ...Array.from({ length: 40 }, () => 1)]) await enqueue(productId);
    const buried = await consume(who, async ({ payload }, hopeless) => {
      if (payload.productId === 13) {
        poisonTaken += 1;
        throw hopeless("poison");
      }
      await sleep(20);
      done += 1;
    });
    if (who === "correct") await eventually(() => done === 40 || undefined);
    else await eventually(() => poisonTaken >= 3 || undefined);
    return { buried: buried.length, othersAreDone: done === 40, poisonTaken: Math.min(poisonTaken, 3) };
  });
  expect(seen).toEqual({
    mutant: { buried: 0, othersAreDone: false, poisonTaken: 3 },
    correct: { buried: 1, othersAreDone: true, poisonTaken: 1 },
  });
});

it.each([
  ["queue-evictable", "maxmemory-policy", "allkeys-lru", "noeviction"],
  ["no-aof", "appendonly", "no", "yes"],
] as const)("%s: the queue's Redis is told to have %s %s", async (name, setting, wrong, right) => {
  const seen = await compared(name, async (who) => {
    await openQueue(who);
    const present = async () => (await redis.config("GET", setting))[1];
    await eventually(async () => (await present()) === (who === "correct" ? right : wrong) || undefined);
    return present();
  });
  expect(seen).toEqual({ mutant: wrong, correct: right });
});

/** Whether a job is taken that comes once the worker's way to its queue has been what it was. */
async function taken(
  who: Who,
  { url, withinMs, upset }: { url: string; withinMs: number; upset: () => Promise<void> },
) {
  const { enqueue } = await openQueue(who);
  let done = 0;
  await consume(
    who,
    async () => {
      done += 1;
    },
    url,
  );
  await upset();
  await enqueue(1);
  return eventually(() => done > 0 || undefined, { withinMs: who === "correct" ? 20_000 : withinMs }).then(
    () => "taken",
    () => "left",
  );
}

it("no-socket-timeout: a worker waits for ever on connections that are forgotten at the other end", async () => {
  const seen = await compared("no-socket-timeout", async (who) => {
    const link = await openLink(queue.url);
    closing.push(() => link.close());
    const upset = async () => {
      await sleep(500);
      link.blackHole();
      await link.heal("lost");
    };
    return taken(who, { url: link.url, withinMs: 6000, upset });
  });
  expect(seen).toEqual({ mutant: "left", correct: "taken" });
});

it("queue-needed-at-start: a worker that began without its queue never takes a job", async () => {
  const seen = await compared("queue-needed-at-start", async (who) => {
    const link = await openLink(queue.url);
    closing.push(() => link.close());
    await link.refuse();
    const upset = async () => {
      await sleep(2300);
      await link.heal();
    };
    return taken(who, { url: link.url, withinMs: 2500, upset });
  });
  expect(seen).toEqual({ mutant: "left", correct: "taken" });
});

it("stalled-once: a job is dropped whose workers died twice with it in hand", async () => {
  const seen = await compared("stalled-once", async (who) => {
    const { producer, enqueue } = await openQueue(who);
    await enqueue(1);
    // As two workers leave it that took it and died: once it was put back already, and its lock is over.
    const id = await redis.lmove("bull:order-placed:wait", "bull:order-placed:active", "RIGHT", "LEFT");
    await redis.hset(`bull:order-placed:${id}`, "stc", 1);
    await redis.sadd("bull:order-placed:stalled", id ?? "");
    let done = 0;
    await consume(who, async () => {
      done += 1;
    });
    await eventually(async () => (await producer.depth()) === 0 || undefined, { withinMs: 20_000 });
    return done;
  });
  expect(seen).toEqual({ mutant: 0, correct: 1 });
});
