import type { AttachDriver } from "../../pack/attach-driver.ts";
import { httpKind } from "./http.ts";
import { postgresKind } from "./postgres.ts";
import { redisKind } from "./redis.ts";

/** What is known of each kind of component. */
export const attachKinds: ReadonlyMap<string, AttachDriver> = new Map(
  [httpKind, redisKind, postgresKind].map((kind) => [kind.kind, kind]),
);
