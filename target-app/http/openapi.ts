import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";

/** Collects the schemas of every route that is added after it, and gives them as one document. */
export async function addOpenApi(server: FastifyInstance): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "The shop",
        version: "1.0.0",
        description: "Products, their search, and orders. Refusals are `application/problem+json` with a `code`.",
      },
      components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } },
      security: [{ key: [] }],
    },
  });
  server.get("/openapi.json", { config: { scope: "public" }, schema: { hide: true } }, async () => server.swagger());
}
