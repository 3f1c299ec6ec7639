import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";
import { harmlessWrite, redisRefusal } from "./redis-setting.ts";

/**
 * The application's user may not write to a Redis server any more (`NOPERM`): a rule that was rolled out wrongly, a role
 * that was cleaned up. Open connections feel it at once; reads go on. Not simulated: a changed password, which only new
 * connections feel.
 */
export function redisDenied<const Target extends string>(target: Target, options: NoOptions = {}): FaultSpec<Target> {
  return noFaultOptions.spec("redisDenied", target, options);
}

export const redisDeniedFault: FaultKind<"redis"> = redisRefusal({
  kind: "redisDenied",
  summary: "a Redis server's rules forbid the application to write",
  healing: "its rules are set back, the commands only",
  example: {},
  residue: "the rules of the user default: set back to what they were; they are never written to a file",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `${target} denies writes`,
  attempt: harmlessWrite,
  refusal: "NOPERM",
  async inject(redis) {
    await redis.admin("ACL", "SETUSER", "default", "-@write");
  },
  // Only what was changed: `reset` would add a rule that an untouched user does not have.
  healed: (redis) => [["ACL", "SETUSER", "default", "nocommands", ...redis.originalCommandRules()]],
});
