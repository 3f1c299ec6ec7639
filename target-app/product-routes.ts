import type { FastifyInstance } from "fastify";
import type { Catalogue } from "./catalogue.ts";
import { Problem } from "./errors.ts";
import type { Repricing } from "./products.ts";

const params = {
  type: "object",
  required: ["id"],
  properties: { id: { type: "integer", minimum: 1, maximum: 2_147_483_647 } },
} as const;

const repricing = {
  type: "object",
  required: ["priceCents", "note"],
  additionalProperties: false,
  properties: {
    priceCents: { type: "integer", minimum: 0, maximum: 100_000_000 },
    note: { type: "string", maxLength: 500 },
  },
} as const;

export function addProductRoutes(server: FastifyInstance, catalogue: Catalogue): void {
  server.get<{ Params: { id: number } }>("/products/:id", { schema: { params } }, async ({ params: { id } }, reply) => {
    const { product, served } = await catalogue.read(id);
    reply.header("x-served", served);
    return product ?? unknown(id);
  });

  server.put<{ Params: { id: number }; Body: Repricing }>(
    "/products/:id",
    { schema: { params, body: repricing } },
    async ({ params: { id }, body }) => (await catalogue.reprice(id, body)) ?? unknown(id),
  );
}

function unknown(id: number): never {
  throw new Problem(404, "unknown-product", `there is no product ${id}`);
}
