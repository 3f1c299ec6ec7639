import type { FastifyInstance } from "fastify";
import { refusals } from "../http/schemas.ts";
import type { SearchService } from "./search-service.ts";

const querystring = {
  type: "object",
  required: ["q"],
  additionalProperties: false,
  properties: {
    q: { type: "string", maxLength: 200, description: "words; stop words are left out, small mistakes forgiven" },
    limit: { type: "string", pattern: "^([1-9]|[1-4][0-9]|50)$", default: "20" },
    offset: { type: "string", pattern: "^(0|[1-9][0-9]{0,2}|1000)$", default: "0" },
  },
} as const;

const found = {
  type: "object",
  required: ["total", "hits", "degraded"],
  properties: {
    total: { type: "integer" },
    hits: {
      type: "array",
      items: {
        type: "object",
        required: ["id", "name", "note", "priceCents", "version"],
        properties: {
          id: { type: "integer" },
          name: { type: "string" },
          note: { type: "string" },
          priceCents: { type: "integer" },
          version: { type: "integer", description: "of the product, as the index has it" },
        },
      },
    },
    degraded: { type: "boolean", description: "whether this is a copy of an earlier answer, for the index is away" },
    ageSeconds: { type: "integer", description: "of the copy" },
  },
} as const;

export function addSearchRoutes(server: FastifyInstance, search: SearchService): void {
  const schema = {
    tags: ["products"],
    summary: "Products by words, best first; new ones a moment after their change",
    querystring,
    response: { 200: found, ...refusals() },
  };
  server.get<{ Querystring: { q: string; limit: string; offset: string } }>(
    "/search",
    { config: { scope: "products:read" }, schema },
    async ({ principal: { tenant }, query: { q: text, limit, offset } }) =>
      search.find({ tenant, text, limit: Number(limit), offset: Number(offset) }),
  );
}
