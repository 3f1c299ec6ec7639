import { httpKind } from "./http.ts";
import type { AttachKind } from "./kind.ts";
import { postgresKind } from "./postgres.ts";
import { redisKind } from "./redis.ts";

/** What is known of each kind of component. */
export const attachKinds: ReadonlyMap<string, AttachKind> = new Map(
  [httpKind, redisKind, postgresKind].map((kind) => [kind.kind, kind]),
);
