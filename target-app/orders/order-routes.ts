import type { FastifyInstance } from "fastify";
import { idempotencyKey, refusals, uuid } from "../http/schemas.ts";
import { Problem } from "../platform/errors.ts";
import type { OrderRequest, Orders } from "./orders.ts";

const headers = {
  type: "object",
  required: ["idempotency-key"],
  properties: { "idempotency-key": idempotencyKey },
} as const;

const body = {
  type: "object",
  required: ["productId", "quantity"],
  additionalProperties: false,
  properties: {
    productId: { type: "integer", minimum: 1, maximum: 999_999_999 },
    quantity: { type: "integer", minimum: 1, maximum: 1000 },
  },
} as const;

const status = { type: "string", enum: ["pending", "fulfilled", "dead"] } as const;

const accepted = {
  type: "object",
  required: ["orderId", "status"],
  properties: { orderId: uuid, status },
} as const;

const order = {
  type: "object",
  required: ["orderId", "productId", "quantity", "status", "reason"],
  properties: {
    orderId: uuid,
    productId: { type: "integer" },
    quantity: { type: "integer" },
    status,
    reason: { type: ["string", "null"], description: "why it is dead" },
  },
} as const;

export function addOrderRoutes(server: FastifyInstance, orders: Orders): void {
  const place = {
    tags: ["orders"],
    summary: "An order, once for each key",
    headers,
    body,
    response: { 202: accepted, ...refusals(409, 413, 415, 422) },
  };
  server.post<{ Headers: { "idempotency-key": string }; Body: OrderRequest }>(
    "/orders",
    { config: { scope: "orders:write" }, schema: place },
    async ({ principal, headers, body }, reply) => {
      const taken = await orders.place(principal.tenant, headers["idempotency-key"], body);
      return reply.code(202).header("location", `/orders/${taken.orderId}`).send(taken);
    },
  );

  const params = { type: "object", required: ["id"], properties: { id: uuid } };
  const find = {
    tags: ["orders"],
    summary: "What became of an order",
    params,
    response: { 200: order, ...refusals(404) },
  };
  server.get<{ Params: { id: string } }>(
    "/orders/:id",
    { config: { scope: "orders:read" }, schema: find },
    async ({ principal, params: { id } }) => {
      const found = await orders.find(principal.tenant, id);
      if (found === undefined) throw new Problem(404, "unknown-order", `there is no order ${id}`);
      return found;
    },
  );
}
