import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";
import { endSessions, identifier, postgresRefusal } from "./postgres-refusal.ts";

/**
 * The application may not log in to Postgres any more (28000), and its sessions end: an expired password, a role that
 * was cleaned up, a rule in `pg_hba.conf`. Not simulated: sessions that live on until their pool renews them.
 */
export function postgresLoginDenied<const Target extends string>(
  target: Target,
  options: NoOptions = {},
): FaultSpec<Target> {
  return noFaultOptions.spec("postgresLoginDenied", target, options);
}

export const postgresLoginDeniedFault: FaultKind<"postgres"> = postgresRefusal({
  kind: "postgresLoginDenied",
  summary: "the application may not log in to Postgres any more",
  healing: "the role may log in again",
  example: {},
  residue: "a role without LOGIN: given back when healed",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `${target} denies the log-in`,
  attempt: () => "SELECT 1",
  sqlState: "28000",
  async inject(postgres) {
    await postgres.admin(`ALTER ROLE ${identifier(postgres.user)} NOLOGIN`);
    await endSessions(postgres);
  },
  healed: ({ user }) => [`ALTER ROLE ${identifier(user)} LOGIN`],
});
