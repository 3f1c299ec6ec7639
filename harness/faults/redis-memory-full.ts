import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";
import { originalSettings, redisRefusal } from "./redis-setting.ts";

/**
 * A Redis server's memory is used up, and it does what its own policy says: refuse (`noeviction`), or throw away what
 * somebody may still need. A queue that grew while its workers were away; a server that is shared with a cache. Not
 * simulated: the slow way there, and the kernel killing it.
 */
export function redisMemoryFull<const Target extends string>(
  target: Target,
  options: NoOptions = {},
): FaultSpec<Target> {
  return noFaultOptions.spec("redisMemoryFull", target, options);
}

export const redisMemoryFullFault: FaultKind<"redis"> = redisRefusal({
  kind: "redisMemoryFull",
  summary: "a Redis server's memory is used up, and its own policy decides what goes",
  healing: "`maxmemory` is put back",
  example: {},
  residue: "what the policy evicted is gone; `maxmemory` is set back to what it was",
  onlyOwn: "what its policy evicts would be gone",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `memory of ${target} full`,
  // Appends nothing, and is refused all the same: whatever was evicted, the server's own buffers are above the limit.
  attempt: ["SETRANGE", "faultline:not-there", "0", ""],
  refusal: "OOM",
  async inject(redis) {
    await redis.admin("CONFIG", "SET", "maxmemory", "1");
  },
  healed: originalSettings("maxmemory"),
});
