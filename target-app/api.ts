import { bulkhead } from "cockatiel";
import { Catalogue } from "./catalogue.ts";
import { readApiConfig } from "./config.ts";
import { openDatabase } from "./database.ts";
import { addHealth } from "./health.ts";
import { createLog } from "./log.ts";
import { addOrderRoutes } from "./order-routes.ts";
import { watchOverdueInvalidations } from "./overdue-invalidations.ts";
import { configured, onShutdown } from "./process.ts";
import { productCache } from "./product-cache.ts";
import { addProductRoutes } from "./product-routes.ts";
import { openRedisLink } from "./redis-link.ts";
import { createServer } from "./server.ts";

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
