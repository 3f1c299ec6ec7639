import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createLog } from "../platform/log.ts";
import { type Component, startRedis } from "../testing/components.ts";
import { eventually } from "../testing/processes.ts";
import { startConsumer } from "./consumer.ts";
import { openProducer } from "./producer.ts";

// A worker that is started while the queue is far away: what it connects with must have time for several trips.

/** To the queue and back: within the time for one command, and too long for two trips in that time. */
const tripMs = 270;
const log = createLog({ logLevel: "silent", instance: "test" });
let queue: Component;
let far: { readonly url: string; readonly server: Server };

beforeAll(async () => {
  queue = await startRedis("--maxmemory-policy", "noeviction");
  far = await farFrom(queue.url);
});
afterAll(async () => {
  far?.server.close();
  await queue?.dispose();
});

async function farFrom(url: string): Promise<typeof far> {
  const { hostname, port } = new URL(url);
  const server = createServer((near) => {
    const other = connect(Number(port), hostname);
    for (const socket of [near, other]) socket.on("error", () => undefined);
    near.on("close", () => other.destroy());
    near.pipe(other).on("data", (chunk) => setTimeout(() => near.write(chunk), tripMs));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

it("takes jobs from a queue that was far away when it was started", async () => {
  const producer = openProducer(far.url, log);
  const taken: string[] = [];
  const work = {
    kind: "order-placed",
    perform: async ({ id }: { id: string }) => void taken.push(id),
    bury: async () => undefined,
  } as const;
  const consumer = startConsumer(work, { url: far.url, log, concurrency: 1 });
  try {
    await eventually(() => producer.ping().then(() => true), { what: "the queue within reach", withinMs: 5000 });
    const event = { id: randomUUID(), payload: { tenant: "acme", orderId: randomUUID(), productId: 1, quantity: 1 } };
    // An add takes two trips at first, and is repeated as the relay does it.
    await eventually(() => producer.enqueue("order-placed", event).then(() => true), { what: "an add in time" });
    await eventually(async () => taken.includes(event.id) || undefined, { what: "the job done", withinMs: 8000 });
    expect(taken).toEqual([event.id]);
  } finally {
    producer.close();
    await consumer.close(200);
  }
});
