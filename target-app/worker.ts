import { leaveTombstone } from "./catalogue/product-cache.ts";
import { startWriteBack } from "./catalogue/write-back.ts";
import { writeBackBuffer } from "./catalogue/write-back-buffer.ts";
import { readWorkerConfig } from "./config.ts";
import { addHealth } from "./http/health.ts";
import { addDependencies, addMetrics, createMetrics } from "./http/metrics.ts";
import { createServer } from "./http/server.ts";
import { startConsumer } from "./jobs/consumer.ts";
import { bury } from "./jobs/dead-letters.ts";
import { openProducer } from "./jobs/producer.ts";
import { mutated } from "./mutants.ts";
import { fulfil } from "./orders/fulfilment.ts";
import { backlog } from "./outbox/outbox.ts";
import { startOutboxUpkeep } from "./outbox/outbox-upkeep.ts";
import { startRelay } from "./outbox/relay.ts";
import { openDatabase } from "./platform/database.ts";
import { createLog } from "./platform/log.ts";
import { configured, onShutdown } from "./platform/process.ts";
import { openRedisLink } from "./platform/redis-link.ts";
import { indexProduct } from "./search/indexing.ts";
import { openIndex } from "./search/open.ts";

const config = configured(readWorkerConfig);
const log = createLog(config);
const metrics = createMetrics(config.instance);

// Nobody waits for a worker, but row locks held by it are in the way of others.
const limits = { poolSize: config.poolSize, connectMs: 500, queryMs: 700, transactionMs: 1400 };
const database = openDatabase(config.databaseUrl, limits, log);
const cacheLink = openRedisLink({ url: config.cacheUrl, name: "the cache", deadlineMs: 200, log });
const bufferLink =
  config.writePolicy === "write-back"
    ? openRedisLink({ url: config.queueUrl, name: "the buffer", deadlineMs: 500, log })
    : undefined;
// A connection may take as long as a change: nobody waits for a worker, and its index may be far away.
const index = await openIndex(config.searchUrl, { log, poolSize: config.searchPoolSize, readMs: 1000 });
const producer = openProducer(config.queueUrl, log);

const relayOptions = { database, log, idleMs: config.relayIdleMs };
const loops = [
  startRelay(
    {
      kind: "product-changed",
      deliver: ({ payload: { tenant, productId: id, version } }) => leaveTombstone(cacheLink, { tenant, id }, version),
    },
    relayOptions,
  ),
  startRelay(
    { kind: "product-to-index", deliver: (event) => producer.enqueue("product-to-index", event) },
    relayOptions,
  ),
  startRelay({ kind: "order-placed", deliver: (event) => producer.enqueue("order-placed", event) }, relayOptions),
  startOutboxUpkeep({ database, log, republishAfterSeconds: config.republishAfterSeconds }),
  ...(bufferLink === undefined ? [] : [startWriteBack(writeBackBuffer(bufferLink), { database, log })]),
];

const queue = { url: config.queueUrl, log };
const consumers = [
  startConsumer(
    {
      kind: "order-placed",
      perform: (event, attempt) => fulfil(database, event, attempt),
      bury: (event, reason, history) => bury(database, "order-placed", event, { reason, history }),
    },
    { ...queue, concurrency: config.orderConcurrency },
  ),
  startConsumer(
    {
      kind: "product-to-index",
      perform: (event) => indexProduct(database, index, event),
      bury: (event, reason, history) => bury(database, "product-to-index", event, { reason, history }),
    },
    { ...queue, concurrency: config.indexConcurrency },
  ),
];

// A process that is not ready is of more use than one that ends, and is started again and again.
if (mutated("exits-without-database")) await database.query("SELECT 1");
const server = createServer({ ...config, log });
addMetrics(server, metrics);
addHealth(server, {
  needed: { postgres: () => database.query("SELECT 1"), queue: () => producer.ping() },
  wanted: { cache: () => cacheLink.isUp(), search: () => index.isReady() },
});

addDependencies(metrics, { database, cacheLink, index });
metrics.gauge("outbox_unsent", "events that wait to be sent", async () => (await backlog(database)).unsent);
metrics.gauge("outbox_age_seconds", "age of the oldest of them", async () => (await backlog(database)).oldestSeconds);
metrics.gauge("queue_depth", "jobs that wait, are delayed or are being worked on", () => producer.depth());

onShutdown(log, [
  {
    what: "finishing the work in hand",
    withinMs: 850,
    run: () =>
      Promise.all([
        ...consumers.map((consumer) => consumer.close(600)),
        ...loops.map((loop) => loop.stop()),
        server.close(),
      ]),
  },
  { what: "closing the queue", withinMs: 50, run: () => producer.close() },
  { what: "closing the buffer", withinMs: 50, run: () => bufferLink?.close() },
  { what: "closing the cache", withinMs: 50, run: () => cacheLink.close() },
  { what: "closing the index", withinMs: 50, run: () => index.close() },
  { what: "closing Postgres", withinMs: 150, run: () => database.close() },
]);

await server.listen({ host: config.host, port: config.port });
