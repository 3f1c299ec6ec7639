import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";
import { endSessions, identifier, postgresRefusal } from "./postgres-refusal.ts";

/**
 * Postgres has no connection left for the application (53300), and those that it had are gone: a pool that was doubled,
 * a report that opens hundreds, a leak somewhere else. Not simulated: a server that is slow from its many sessions.
 */
export function postgresExhaustion<const Target extends string>(
  target: Target,
  options: NoOptions = {},
): FaultSpec<Target> {
  return noFaultOptions.spec("postgresExhaustion", target, options);
}

export const postgresExhaustionFault: FaultKind<"postgres"> = postgresRefusal({
  kind: "postgresExhaustion",
  summary: "Postgres has no connection left for the application",
  healing: "the limit is lifted",
  example: {},
  residue: "a connection limit of the role: lifted when healed",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `${target} out of connections`,
  attempt: () => "SELECT 1",
  sqlState: "53300",
  async inject(postgres) {
    await postgres.admin(`ALTER ROLE ${identifier(postgres.user)} CONNECTION LIMIT 0`);
    await endSessions(postgres);
  },
  healed: ({ user }) => [`ALTER ROLE ${identifier(user)} CONNECTION LIMIT -1`],
});
