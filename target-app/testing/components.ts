import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as embedded from "../embedded/components.ts";
import "./processes.ts";

export { type Component, withClient } from "../embedded/components.ts";

const place = (name: string) => ({ folder: join(tmpdir(), `shop-${name}-${randomUUID()}`) });

let cluster: Promise<embedded.Cluster> | undefined;

export async function startPostgres(): Promise<embedded.Component> {
  cluster ??= makeCluster();
  return embedded.startPostgres({ ...place("postgres"), cluster: await cluster });
}

export function startRedis(...settings: readonly string[]): Promise<embedded.Component> {
  return embedded.startRedis({ ...place("redis"), settings });
}

/** One for all the servers of a test file. */
function makeCluster(): Promise<embedded.Cluster> {
  const { folder } = place("cluster");
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return embedded.makeCluster({ folder });
}
