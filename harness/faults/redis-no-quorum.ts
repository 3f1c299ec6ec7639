import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";
import { harmlessWrite, originalSettings, redisRefusal } from "./redis-setting.ts";

/**
 * A Redis server lacks the replicas that it must have before it takes a write (`NOREPLICAS`): the minority side of a
 * split network. Reads go on, and may be stale. Not simulated: the other side, which takes writes meanwhile.
 */
export function redisNoQuorum<const Target extends string>(target: Target, options: NoOptions = {}): FaultSpec<Target> {
  return noFaultOptions.spec("redisNoQuorum", target, options);
}

export const redisNoQuorumFault: FaultKind<"redis"> = redisRefusal({
  kind: "redisNoQuorum",
  summary: "a Redis server lacks the replicas that it needs to take writes",
  healing: "the setting is put back",
  example: {},
  residue: "min-replicas-to-write: set back to what it was",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `${target} without quorum`,
  attempt: harmlessWrite,
  refusal: "NOREPLICAS",
  async inject(redis) {
    await redis.admin("CONFIG", "SET", "min-replicas-to-write", "1");
  },
  healed: originalSettings("min-replicas-to-write"),
});
