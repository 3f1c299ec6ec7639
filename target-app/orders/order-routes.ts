import type { FastifyInstance } from "fastify";
import type { Database } from "../platform/database.ts";
import { Problem } from "../platform/errors.ts";
import { findOrder, type OrderRequest, placeOrder } from "./orders.ts";

const headers = {
  type: "object",
  required: ["idempotency-key"],
  // Visible ASCII: two such headers arrive as one, joined by a comma and a space.
  properties: { "idempotency-key": { type: "string", pattern: "^[!-~]{1,64}$" } },
} as const;

const body = {
  type: "object",
  required: ["productId", "quantity"],
  additionalProperties: false,
  properties: {
    productId: { type: "integer", minimum: 1, maximum: 2_147_483_647 },
    quantity: { type: "integer", minimum: 1, maximum: 1000 },
  },
} as const;

const params = {
  type: "object",
  required: ["id"],
  properties: { id: { type: "string", pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" } },
} as const;

export function addOrderRoutes(server: FastifyInstance, database: Database): void {
  server.post<{ Headers: { "idempotency-key": string }; Body: OrderRequest }>(
    "/orders",
    { schema: { headers, body } },
    async (request, reply) => {
      const accepted = await placeOrder(database, request.headers["idempotency-key"], request.body);
      return reply.code(202).header("location", `/orders/${accepted.orderId}`).send(accepted);
    },
  );

  server.get<{ Params: { id: string } }>("/orders/:id", { schema: { params } }, async ({ params: { id } }) => {
    const order = await findOrder(database, id);
    if (order === undefined) throw new Problem(404, "unknown-order", `there is no order ${id}`);
    return order;
  });
}
