import { bulkhead } from "cockatiel";
import { Catalogue } from "./catalogue/catalogue.ts";
import { watchOverdueInvalidations } from "./catalogue/overdue-invalidations.ts";
import { productCache } from "./catalogue/product-cache.ts";
import { addProductRoutes } from "./catalogue/product-routes.ts";
import { readApiConfig } from "./config.ts";
import { addHealth } from "./http/health.ts";
import { createServer } from "./http/server.ts";
import { addOrderRoutes } from "./orders/order-routes.ts";
import { openDatabase } from "./platform/database.ts";
import { createLog } from "./platform/log.ts";
import { configured, onShutdown } from "./platform/process.ts";
import { openRedisLink } from "./platform/redis-link.ts";

const config = configured(readApiConfig);
const log = createLog(config);

// A read may spend one cache deadline, a connect and a query; a write a connect, a transaction and a cache deadline.
const limits = { poolSize: config.poolSize, connectMs: 300, queryMs: 400, transactionMs: 450 };
const database = openDatabase(config.databaseUrl, limits, log);
const cacheLink = openRedisLink({ url: config.cacheUrl, name: "the cache", deadlineMs: config.cacheDeadlineMs, log });
const overdue = watchOverdueInvalidations(database, log);
const catalogue = new Catalogue({
  database,
  cache: productCache(cacheLink, { ttlSeconds: config.cacheTtlSeconds }),
  fallThrough: bulkhead(config.fallThroughLimit, config.fallThroughQueue),
  overdue,
  log,
});

const server = createServer({ instance: config.instance, log });
addHealth(server, {
  needed: { postgres: () => database.query("SELECT 1") },
  wanted: { cache: () => cacheLink.isReady() },
});
addProductRoutes(server, catalogue);
addOrderRoutes(server, database);

onShutdown(log, [
  { what: "answering the last requests", withinMs: 900, run: () => server.close() },
  { what: "stopping the watch", withinMs: 50, run: () => overdue.stop() },
  { what: "closing the cache", withinMs: 50, run: () => cacheLink.close() },
  { what: "closing Postgres", withinMs: 100, run: () => database.close() },
]);

await server.listen({ host: config.host, port: config.port });
