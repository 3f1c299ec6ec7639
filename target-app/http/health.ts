import type { FastifyInstance } from "fastify";
import { mutated } from "../mutants.ts";
import { problem } from "./schemas.ts";
import { sendProblem } from "./server.ts";

export interface Health {
  /** Without one of these the process can do nothing; each rejects when its dependency does not answer. */
  readonly needed: Readonly<Record<string, () => Promise<unknown>>>;
  /** Without these it still works, with less comfort. */
  readonly wanted?: Readonly<Record<string, () => boolean>>;
}

const status = { type: "object", required: ["status"], properties: { status: { type: "string" } } } as const;
const readiness = {
  ...status,
  properties: { ...status.properties, without: { type: "array", items: { type: "string" } } },
} as const;
const notReady = { description: "`not-ready`", content: { "application/problem+json": { schema: problem } } };

/** `/livez` asks nobody: restarting a process does not heal what it depends on. `/readyz` asks every time. */
export function addHealth(server: FastifyInstance, { needed, wanted = {} }: Health): void {
  const config = { scope: "public" } as const;
  const open = { tags: ["operations"], security: [] };
  const live = { ...open, summary: "Whether the process runs", response: { 200: status } };
  server.get("/livez", { config, schema: live }, async () => {
    if (mutated("live-needs-database")) await Promise.all(Object.values(needed).map((ask) => ask())); // instead of none
    return { status: "live" };
  });

  const ready = {
    ...open,
    summary: "Whether it has what it needs",
    response: { 200: readiness, 503: notReady },
  };
  server.get("/readyz", { config, schema: ready }, async (_request, reply) => {
    const names = Object.keys(needed);
    const answers = await Promise.allSettled(Object.values(needed).map((ask) => ask()));
    const absent = names.filter((_name, index) => answers[index]?.status === "rejected");
    if (absent.length > 0) {
      return sendProblem(reply, { status: 503, code: "not-ready", detail: `no answer from ${absent.join(", ")}` });
    }
    const missed = Object.keys(wanted).filter((name) => wanted[name]?.() === false);
    return missed.length > 0 ? { status: "degraded", without: missed } : { status: "ready" };
  });
}
