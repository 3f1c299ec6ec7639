import type { ComponentKind } from "../../pack/component-kind.ts";
import { containerKind } from "./container.ts";
import { openSearchKind } from "./opensearch.ts";
import { postgresKind } from "./postgres.ts";
import { redisKind } from "./redis.ts";
import { serviceKind } from "./service.ts";

/** One for each kind of component. */
export const kinds: ReadonlyMap<string, ComponentKind> = new Map(
  [containerKind, openSearchKind, postgresKind, redisKind, serviceKind].map((kind) => [kind.kind, kind]),
);
