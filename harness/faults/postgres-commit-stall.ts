import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";
import { harmlessWrite, undoneBy } from "./postgres-refusal.ts";

/** How long the probe waits for its commit. */
const patienceMs = 300;

/**
 * Every commit waits for a standby that is not there: synchronous replication whose last replica was lost. The change is
 * made and written, only the answer does not come; a client that gives up, or is cancelled, has *committed*. The
 * perfect in-doubt fault. Reads go on. Not simulated: a standby that is merely slow.
 */
export function postgresCommitStall<const Target extends string>(
  target: Target,
  options: NoOptions = {},
): FaultSpec<Target> {
  return noFaultOptions.spec("postgresCommitStall", target, options);
}

export const postgresCommitStallFault: FaultKind<"postgres"> = {
  kind: "postgresCommitStall",
  needs: "postgres",
  summary: "every commit waits for a standby that is not there; the change is made",
  receipt: "a commit of the application waits, and the server says for what (`SyncRep`)",
  healing: "the setting is reset; what waited is committed",
  example: {},
  residue: "a line in postgresql.auto.conf: reset when healed; commits that waited are then answered",
  provenAfterMs: () => patienceMs,
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `${target} stalls commits`,
  ...undoneBy(() => ["ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()"]),
  async inject(postgres) {
    await postgres.admin("ALTER SYSTEM SET synchronous_standby_names = 'ghost'", "SELECT pg_reload_conf()");
  },
  async observe(postgres): Promise<Observation> {
    const began = performance.now();
    const answer = await Promise.race([
      postgres.ask(harmlessWrite).then((sqlState) => sqlState ?? "ok"),
      new Promise<string>((resolve) => setTimeout(() => resolve("waits"), patienceMs)),
    ]);
    const [waiting] = await postgres.admin(
      "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
    );
    const measured = {
      commit: answer,
      tookMs: Math.round(performance.now() - began),
      waiting: Number(waiting?.["waiting"]),
    };
    if (answer === "waits" && measured.waiting > 0) return { state: "acting", measured };
    return { state: answer === "ok" ? "absent" : "unclear", measured };
  },
};
