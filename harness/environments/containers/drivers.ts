import type { ContainerDriver } from "../../pack/container-driver.ts";
import { openSearchContainers } from "./opensearch.ts";
import { ownImageContainers } from "./own-image.ts";
import { postgresContainers } from "./postgres.ts";
import { redisContainers } from "./redis.ts";
import { serviceContainers } from "./service.ts";

/** One for each kind of component. */
export const containerDrivers: ReadonlyMap<string, ContainerDriver> = new Map(
  [openSearchContainers, ownImageContainers, postgresContainers, redisContainers, serviceContainers].map((driver) => [
    driver.kind,
    driver,
  ]),
);
