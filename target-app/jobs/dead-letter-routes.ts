import type { FastifyInstance } from "fastify";
import { refusals, uuid } from "../http/schemas.ts";
import type { Database } from "../platform/database.ts";
import { listDeadLetters, redrive } from "./dead-letters.ts";

const letter = {
  type: "object",
  required: ["id", "kind", "payload", "reason", "history", "diedAt"],
  properties: {
    id: uuid,
    kind: { type: "string" },
    payload: { type: "object", additionalProperties: true, description: "the event, as it was sent" },
    reason: { type: "string", description: "the last failure" },
    history: {
      type: "array",
      description: "the last attempts, oldest first",
      items: {
        type: "object",
        required: ["at", "error"],
        properties: { at: { type: "string" }, error: { type: "string" } },
      },
    },
    diedAt: { type: "string" },
  },
} as const;

const list = {
  type: "object",
  required: ["deadLetters"],
  properties: { deadLetters: { type: "array", items: letter } },
} as const;

const querystring = {
  type: "object",
  additionalProperties: false,
  properties: {
    limit: { type: "string", pattern: "^([1-9]|[1-9][0-9]|100)$", default: "100" },
    after: { ...uuid, description: "the id of the last one seen" },
  },
} as const;

export function addDeadLetterRoutes(server: FastifyInstance, database: Database): void {
  const listed = {
    tags: ["operations"],
    summary: "Events that were given up, oldest first",
    querystring,
    response: { 200: list, ...refusals() },
  };
  server.get<{ Querystring: { limit: string; after?: string } }>(
    "/dead-letters",
    { config: { scope: "operations" }, schema: listed },
    async ({ principal, query: { limit, after } }) => ({
      deadLetters: await listDeadLetters(database, principal.tenant, { limit: Number(limit), after }),
    }),
  );

  const params = { type: "object", required: ["id"], properties: { id: uuid } };
  const sent = { type: "object", required: ["id", "status"], properties: { id: uuid, status: { const: "redriven" } } };
  const redriven = {
    tags: ["operations"],
    summary: "Sends a dead letter again, with all its attempts",
    params,
    response: { 202: sent, ...refusals(404, 409, 413, 415) },
  };
  server.post<{ Params: { id: string } }>(
    "/dead-letters/:id/redrive",
    { config: { scope: "operations" }, schema: redriven },
    async ({ principal, params: { id } }, reply) => {
      await redrive(database, principal.tenant, id);
      return reply.code(202).send({ id, status: "redriven" });
    },
  );
}
