import type { FastifyInstance } from "fastify";
import { sendProblem } from "./server.ts";

export interface Health {
  /** Without one of these the process can do nothing; each rejects when its dependency does not answer. */
  readonly needed: Readonly<Record<string, () => Promise<unknown>>>;
  /** Without these it still works, with less comfort. */
  readonly wanted?: Readonly<Record<string, () => boolean>>;
}

/** `/livez` asks nobody: restarting a process does not heal what it depends on. `/readyz` asks every time. */
export function addHealth(server: FastifyInstance, { needed, wanted = {} }: Health): void {
  server.get("/livez", async () => ({ status: "live" }));
  server.get("/readyz", async (_request, reply) => {
    const names = Object.keys(needed);
    const answers = await Promise.allSettled(Object.values(needed).map((ask) => ask()));
    const absent = names.filter((_name, index) => answers[index]?.status === "rejected");
    if (absent.length > 0) return sendProblem(reply, 503, "not-ready", `no answer from ${absent.join(", ")}`);
    const missed = Object.keys(wanted).filter((name) => wanted[name]?.() === false);
    return missed.length > 0 ? { status: "degraded", without: missed } : { status: "ready" };
  });
}
