import { bulkhead } from "cockatiel";
import { addAccess } from "./access/access.ts";
import { openAuthenticator } from "./access/authenticator.ts";
import { addKeyRoutes } from "./access/key-routes.ts";
import { addLimits } from "./access/limits.ts";
import { Catalogue } from "./catalogue/catalogue.ts";
import { watchOverdueInvalidations } from "./catalogue/overdue-invalidations.ts";
import { productCache } from "./catalogue/product-cache.ts";
import { addProductRoutes } from "./catalogue/product-routes.ts";
import { Shelf } from "./catalogue/shelf.ts";
import { bufferedChange } from "./catalogue/write-back.ts";
import { writeBackBuffer } from "./catalogue/write-back-buffer.ts";
import { writePolicy } from "./catalogue/write-policies.ts";
import { readApiConfig } from "./config.ts";
import { addHealth } from "./http/health.ts";
import { addDependencies, addMetrics, createMetrics } from "./http/metrics.ts";
import { addOpenApi } from "./http/openapi.ts";
import { createServer } from "./http/server.ts";
import { addDeadLetterRoutes } from "./jobs/dead-letter-routes.ts";
import { mutated } from "./mutants.ts";
import { addOrderRoutes } from "./orders/order-routes.ts";
import { Orders } from "./orders/orders.ts";
import { openDatabase } from "./platform/database.ts";
import { lastGood } from "./platform/last-good.ts";
import { createLog } from "./platform/log.ts";
import { configured, onShutdown } from "./platform/process.ts";
import { openRedisLink } from "./platform/redis-link.ts";
import { openIndex } from "./search/open.ts";
import { addSearchRoutes } from "./search/search-routes.ts";
import { searchService } from "./search/search-service.ts";

const config = configured(readApiConfig);
const log = createLog(config);
const metrics = createMetrics(config.instance);

// A read may spend one cache deadline, a connect and a query; a write a connect, a transaction and a cache deadline.
const limits = { poolSize: config.poolSize, connectMs: 300, queryMs: 400, transactionMs: 450 };
const database = openDatabase(config.databaseUrl, limits, log);
const cacheLink = openRedisLink({ url: config.cacheUrl, name: "the cache", deadlineMs: config.cacheDeadlineMs, log });
const index = await openIndex(config.searchUrl, { log, poolSize: config.searchPoolSize });
const bufferLink =
  config.writePolicy === "write-back"
    ? openRedisLink({ url: config.queueUrl, name: "the buffer", deadlineMs: 200, log })
    : undefined;

const cache = productCache(cacheLink, { ttlSeconds: config.cacheTtlSeconds });
const overdue = watchOverdueInvalidations(database, log);
const buffer = bufferLink === undefined ? undefined : writeBackBuffer(bufferLink);
// An API has no part in the queue, but for this bug; loading its client would cost 11 MB.
const producer = mutated("enqueue-no-outbox")
  ? (await import("./jobs/producer.ts")).openProducer(config.queueUrl, log)
  : undefined;
const catalogue = new Catalogue({
  database,
  cache,
  fallThrough: bulkhead(config.fallThroughLimit, config.fallThroughQueue),
  overdue,
  copies: lastGood(config),
  ...(buffer === undefined ? {} : { overlay: (key, state) => buffer.overlay(key, state) }),
  log,
});
const shelf = new Shelf({
  database,
  policy: writePolicy(config.writePolicy, cache),
  onChange: (key) => catalogue.forgetReads(key),
  log,
});

// A process that is not ready is of more use than one that ends, and is started again and again.
if (mutated("exits-without-database")) await database.query("SELECT 1");
const server = createServer({ ...config, log, mostAtOnce: config.mostRequestsAtOnce });
const authenticator = openAuthenticator({ database, log, revocationSeconds: config.revocationSeconds });
await addOpenApi(server);
addAccess(server, authenticator);
await addLimits(server, { perSecond: config.requestsPerSecond });
addMetrics(server, metrics);
addHealth(server, {
  needed: { postgres: () => database.query("SELECT 1") },
  wanted: { cache: () => cacheLink.isUp(), search: () => index.isReady() },
});
addProductRoutes(server, {
  database,
  catalogue,
  shelf,
  change: buffer === undefined ? (...args) => shelf.change(...args) : bufferedChange({ buffer, catalogue, cache, log }),
  served: metrics.counter("reads_total", "products read, by how they were served", "served"),
});
addSearchRoutes(server, searchService(index, lastGood(config)));
addOrderRoutes(server, new Orders({ database, cacheLink, producer }));
addDeadLetterRoutes(server, database);
addKeyRoutes(server, database);

metrics.gauge("database_connections_open", "connections to Postgres", () => database.usage().open);
metrics.gauge("database_connections_idle", "connections that nobody uses", () => database.usage().idle);
metrics.gauge("database_waiting", "callers that wait for a connection", () => database.usage().waiting);
addDependencies(metrics, { database, cacheLink, index });

onShutdown(log, [
  { what: "answering the last requests", withinMs: 900, run: () => server.close() },
  { what: "stopping the watch", withinMs: 50, run: () => overdue.stop() },
  { what: "closing the cache", withinMs: 50, run: () => cacheLink.close() },
  { what: "closing the index", withinMs: 50, run: () => index.close() },
  { what: "closing the buffer", withinMs: 50, run: () => bufferLink?.close() },
  { what: "closing Postgres", withinMs: 100, run: () => database.close() },
]);

await server.listen({ host: config.host, port: config.port });
