import { messageOf } from "../model/errors.ts";
import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";
import { originalSettings, undoneBy } from "./redis-setting.ts";

/**
 * A Redis server takes no new connections (`max number of clients reached`), and those that were open are closed: a
 * leak of connections in some other service, a deployment that doubled its pools. Not simulated: running out of file
 * descriptors, which also hits its files.
 */
export function redisMaxClients<const Target extends string>(
  target: Target,
  options: NoOptions = {},
): FaultSpec<Target> {
  return noFaultOptions.spec("redisMaxClients", target, options);
}

/** How long a new connection waits for what turns it away. */
const listenMs = 150;

export const redisMaxClientsFault: FaultKind<"redis"> = {
  kind: "redisMaxClients",
  needs: "redis",
  summary: "a Redis server has no room for connections",
  receipt: "a new connection is turned away with the server's own words",
  healing: "the setting is put back, on a connection that was open before",
  example: {},
  residue: "maxclients: set back to what it was, on a connection that was open before",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `${target} full of clients`,
  onlyOwn: "whoever cleaned up after a killed run could not get in",
  ...undoneBy(originalSettings("maxclients")),
  async inject(redis) {
    await redis.admin("CONFIG", "SET", "maxclients", "1");
    await redis.admin("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
  },
  async observe(redis): Promise<Observation> {
    const words = await redis.firstWords(listenMs);
    if (words.startsWith("-ERR max number of clients")) return { state: "acting", measured: { words } };
    const answer = await redis.ask("PING").then(String, messageOf);
    return { state: answer === "PONG" ? "absent" : "unclear", measured: { words, answer } };
  },
};
