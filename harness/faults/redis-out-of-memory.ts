import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";
import { originalSettings, redisRefusal } from "./redis-setting.ts";

/**
 * A Redis server is full and evicts nothing (`OOM`): a leak of keys without a time to live, a cache that was sized for
 * last year. Reads and deletions go on, everything that would grow is refused. Not simulated: the kernel killing it.
 */
export function redisOutOfMemory<const Target extends string>(
  target: Target,
  options: NoOptions = {},
): FaultSpec<Target> {
  return noFaultOptions.spec("redisOutOfMemory", target, options);
}

export const redisOutOfMemoryFault: FaultKind<"redis"> = redisRefusal({
  kind: "redisOutOfMemory",
  summary: "a Redis server is full and refuses to grow",
  healing: "both settings are put back",
  example: {},
  residue: "maxmemory and its policy: set back to what they were",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `${target} out of memory`,
  // Appends nothing, and may still not.
  attempt: ["SETRANGE", "faultline:not-there", "0", ""],
  refusal: "OOM",
  async inject(redis) {
    await redis.admin("CONFIG", "SET", "maxmemory-policy", "noeviction");
    await redis.admin("CONFIG", "SET", "maxmemory", "1");
  },
  healed: originalSettings("maxmemory", "maxmemory-policy"),
});
