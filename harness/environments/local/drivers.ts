import type { LocalDriver } from "../../pack/local-driver.ts";
import { postgresDriver } from "./postgres.ts";
import { redisDriver } from "./redis.ts";
import { serviceDriver } from "./service.ts";

/** One driver for each kind of component. */
export const drivers: ReadonlyMap<string, LocalDriver> = new Map(
  [postgresDriver, redisDriver, serviceDriver].map((driver) => [driver.kind, driver]),
);
