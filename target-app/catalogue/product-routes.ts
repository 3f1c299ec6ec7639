import type { FastifyInstance } from "fastify";
import { Problem } from "../platform/errors.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Repricing } from "./products.ts";

const params = {
  type: "object",
  required: ["id"],
  // Nine digits fit the column, whatever they are.
  properties: { id: { type: "string", pattern: "^[1-9][0-9]{0,8}$" } },
} as const;

const repricing = {
  type: "object",
  required: ["priceCents"],
  additionalProperties: false,
  properties: {
    priceCents: { type: "integer", minimum: 0, maximum: 100_000_000 },
    // Postgres keeps any character in a text but this one.
    note: { type: "string", maxLength: 64, pattern: "^[^\\u0000]*$", default: "" },
  },
} as const;

export function addProductRoutes(server: FastifyInstance, catalogue: Catalogue): void {
  server.get<{ Params: { id: string } }>("/products/:id", { schema: { params } }, async (request, reply) => {
    const id = Number(request.params.id);
    const { product, served } = await catalogue.read(id);
    reply.header("x-served", served);
    return product ?? unknown(id);
  });

  server.put<{ Params: { id: string }; Body: Repricing }>(
    "/products/:id",
    { schema: { params, body: repricing } },
    async ({ params, body }) => {
      const id = Number(params.id);
      return (await catalogue.reprice(id, body)) ?? unknown(id);
    },
  );
}

function unknown(id: number): never {
  throw new Problem(404, "unknown-product", `there is no product ${id}`);
}
