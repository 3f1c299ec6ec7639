import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";
import { endSessions } from "./postgres-refusal.ts";

/**
 * All sessions of the application are ended, idle and busy ones, again and again (57P01): an administrator, a pooler that
 * restarts, a failover. What was being done is undone, unless its commit was already there. Not simulated: a server that
 * refuses new sessions (see `postgresLoginDenied`).
 */
export function postgresKick<const Target extends string>(target: Target, options: NoOptions = {}): FaultSpec<Target> {
  return noFaultOptions.spec("postgresKick", target, options);
}

export const postgresKickFault: FaultKind<"postgres"> = {
  kind: "postgresKick",
  needs: "postgres",
  summary: "all sessions of the application are ended, again and again",
  receipt: "a session of its own, logged in as the application, is ended",
  healing: "nobody is ended any more",
  example: {},
  everyday: 6,
  residue: "none: the application logs in again",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `kick everybody off ${target}`,
  undo: () => [],
  sustain: { everyMs: () => 250, act: (postgres) => endSessions(postgres) },
  async inject(postgres, { id }) {
    // One more session of the application's, which shows that all were ended.
    await postgres.hold(id, "application");
    await endSessions(postgres);
  },
  heal: (postgres, { id }) => postgres.release(id),
  async observe(postgres, { id }): Promise<Observation> {
    const session = postgres.held(id);
    const answer = (await postgres.ask("SELECT 1")) ?? "ok";
    const measured = { session, sqlState: answer };
    if (session === "lost") return { state: "acting", measured };
    return { state: session === "none" && answer === "ok" ? "absent" : "unclear", measured };
  },
};
