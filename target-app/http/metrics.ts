import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Database } from "../platform/database.ts";
import type { RedisLink } from "../platform/redis-link.ts";
import type { Guarded } from "../search/guarded.ts";

/** Figures for Prometheus, all under `shop_`; what costs a question is asked when somebody reads them. */
export interface Metrics {
  readonly registry: Registry;
  /** A figure that is asked for at each reading; the reading goes on without it when it can't be had. */
  gauge(name: string, help: string, ask: () => number | Promise<number>): void;
  counter<L extends string>(name: string, help: string, label: L): Counter<L>;
}

export function createMetrics(instance: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ instance });
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    gauge(name, help, ask) {
      const gauge = new Gauge({
        name: `shop_${name}`,
        help,
        registers: [registry],
        async collect() {
          try {
            this.set(await ask());
          } catch {
            this.set(Number.NaN);
          }
        },
      });
      gauge.set(Number.NaN);
    },
    counter: (name, help, label) =>
      new Counter({ name: `shop_${name}`, help, labelNames: [label], registers: [registry] }),
  };
}

/** What every process tells of what it depends on. Those of the database come before gauges that borrow a connection of it. */
export function addDependencies(
  metrics: Metrics,
  { database, cacheLink, index }: { database: Database; cacheLink: RedisLink; index: Pick<Guarded, "isReady"> },
): void {
  metrics.gauge("database_lent", "connections to Postgres in use", () => database.usage().lent);
  metrics.gauge(
    "database_overdue",
    "connections in use for longer than a transaction may take",
    () => database.usage().overdue,
  );
  metrics.gauge("cache_up", "1 while the cache is connected and its breaker closed", () => Number(cacheLink.isUp()));
  metrics.gauge("search_up", "1 while the index's circuit breaker is closed", () => Number(index.isReady()));
}

/** `GET /metrics`, and the time that each request took, by route and status. */
export function addMetrics(server: FastifyInstance, { registry }: Metrics): void {
  const durations = new Histogram({
    name: "shop_http_request_seconds",
    help: "time from the arrival of a request to the end of its answer",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    registers: [registry],
  });
  server.addHook("onResponse", async (request, reply) => {
    // The route, not the path: there are as many paths as clients like.
    const labels = { method: request.method, route: request.routeOptions.url ?? "none", status: reply.statusCode };
    durations.observe(labels, reply.elapsedTime / 1000);
  });
  server.get("/metrics", { config: { scope: "public" }, schema: { hide: true } }, async (_request, reply) => {
    reply.type(registry.contentType);
    return registry.metrics();
  });
}
