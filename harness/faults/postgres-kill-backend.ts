import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";

/**
 * One backend of Postgres is killed (SIGKILL), and the server throws *everybody* out and recovers (57P03), as it must
 * when one of its processes may have spoilt the shared memory: the kernel's out-of-memory killer took it. Back after
 * about 1.5 s, by itself. Not simulated: a server that does not come back.
 */
export function postgresKillBackend<const Target extends string>(
  target: Target,
  options: NoOptions = {},
): FaultSpec<Target> {
  return noFaultOptions.spec("postgresKillBackend", target, options);
}

/** A session that has nothing to do with the one that is killed, and is thrown out all the same. */
const bystander = (id: string): string => `${id} bystander`;

export const postgresKillBackendFault: FaultKind<"postgres"> = {
  kind: "postgresKillBackend",
  needs: "postgres",
  summary: "one backend of Postgres is killed, and the server throws everybody out and recovers",
  receipt: "a session of its own, which was not the killed one, is thrown out",
  healing: "by itself, once the server has recovered",
  example: {},
  residue: "none: the server recovers by itself",
  onlyOwn: "all its sessions would end, whoever they are",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `kill a backend of ${target}`,
  undo: () => [],
  async inject(postgres, { id }) {
    if (postgres.held(id) !== "none") return;
    await postgres.hold(bystander(id), "superuser");
    await postgres.killBackend(await postgres.hold(id, "superuser"));
  },
  async heal(postgres, { id }) {
    for (const name of [id, bystander(id)]) await postgres.release(name);
  },
  async observe(postgres, { id }): Promise<Observation> {
    const session = postgres.held(bystander(id));
    const answer = (await postgres.ask("SELECT 1")) ?? "ok";
    const measured = { bystander: session, sqlState: answer };
    if (session === "lost") return { state: "acting", measured };
    return { state: session === "none" && answer === "ok" ? "absent" : "unclear", measured };
  },
};
