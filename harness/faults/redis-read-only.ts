import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";
import { harmlessWrite, redisRefusal } from "./redis-setting.ts";

/**
 * A Redis server has become a replica and takes no writes (`READONLY`): what clients see that still hold on to the old
 * master after a failover. Reads go on. Not simulated: the loss of what the old master had not passed on.
 */
export function redisReadOnly<const Target extends string>(target: Target, options: NoOptions = {}): FaultSpec<Target> {
  return noFaultOptions.spec("redisReadOnly", target, options);
}

export const redisReadOnlyFault: FaultKind<"redis"> = redisRefusal({
  kind: "redisReadOnly",
  summary: "a Redis server takes no writes, as a replica does",
  healing: "`REPLICAOF NO ONE`",
  example: {},
  residue: "a replica: made a master again; its master's port is one where nobody listens, so no data is replaced",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `${target} read-only`,
  attempt: harmlessWrite,
  refusal: "READONLY",
  async inject(redis) {
    await redis.admin("REPLICAOF", "127.0.0.1", "1");
  },
  healed: () => [["REPLICAOF", "NO", "ONE"]],
});
