import { leaveTombstone } from "./catalogue/product-cache.ts";
import { readWorkerConfig } from "./config.ts";
import { addHealth } from "./http/health.ts";
import { createServer } from "./http/server.ts";
import { openOrderProducer, startOrderConsumer } from "./orders/order-queue.ts";
import { startOutboxUpkeep } from "./outbox/outbox-upkeep.ts";
import { startRelay } from "./outbox/relay.ts";
import { openDatabase } from "./platform/database.ts";
import { createLog } from "./platform/log.ts";
import { configured, onShutdown } from "./platform/process.ts";
import { openRedisLink } from "./platform/redis-link.ts";

const config = configured(readWorkerConfig);
const log = createLog(config);

// Nobody waits for a worker, but row locks held by it are in the way of others.
const limits = { poolSize: config.poolSize, connectMs: 500, queryMs: 700, transactionMs: 1400 };
const database = openDatabase(config.databaseUrl, limits, log);
const cacheLink = openRedisLink({ url: config.cacheUrl, name: "the cache", deadlineMs: 200, log });
const producer = openOrderProducer(config.queueUrl, log);

const relayOptions = { database, log, idleMs: config.relayIdleMs };
const relays = [
  startRelay(
    {
      kind: "product-changed",
      deliver: ({ payload }) => leaveTombstone(cacheLink, payload.productId, payload.version),
    },
    relayOptions,
  ),
  startRelay({ kind: "order-placed", deliver: (event) => producer.enqueue(event) }, relayOptions),
];
const upkeep = startOutboxUpkeep({ database, log, republishAfterSeconds: config.republishAfterSeconds });
const consumer = startOrderConsumer(config.queueUrl, { database, log, concurrency: config.concurrency });

const server = createServer({ instance: config.instance, log });
addHealth(server, {
  needed: { postgres: () => database.query("SELECT 1"), queue: () => producer.ping() },
  wanted: { cache: () => cacheLink.isReady() },
});

onShutdown(log, [
  {
    what: "finishing the work in hand",
    withinMs: 850,
    run: () => Promise.all([consumer.close(), upkeep.stop(), ...relays.map((relay) => relay.stop()), server.close()]),
  },
  { what: "closing the queue", withinMs: 50, run: () => producer.close() },
  { what: "closing the cache", withinMs: 50, run: () => cacheLink.close() },
  { what: "closing Postgres", withinMs: 150, run: () => database.close() },
]);

await server.listen({ host: config.host, port: config.port });
