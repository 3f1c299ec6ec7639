import type { FastifyInstance } from "fastify";
import type { Counter } from "prom-client";
import { idempotencyKey, name, note, priceCents, refusals } from "../http/schemas.ts";
import { once } from "../orders/idempotency.ts";
import type { Database } from "../platform/database.ts";
import type { Catalogue } from "./catalogue.ts";
import type { NewProduct, Product, ProductChange, ProductKey } from "./products.ts";
import { type Shelf, there } from "./shelf.ts";

export interface ProductRoutes {
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly shelf: Shelf;
  /** In Postgres first, or in the buffer first. */
  readonly change: (key: ProductKey, change: ProductChange, expected?: number) => Promise<Product>;
  readonly served: Counter<"served">;
}

const params = {
  type: "object",
  required: ["id"],
  // Nine digits fit the column, whatever they are.
  properties: { id: { type: "string", pattern: "^[1-9][0-9]{0,8}$" } },
} as const;

/** A version as an entity tag, which is a text in quotation marks (RFC 9110, 8.8.3). */
const ifMatch = {
  type: "object",
  properties: { "if-match": { type: "string", pattern: '^"[0-9]{1,9}"$', description: "the version seen, quoted" } },
} as const;

const stock = { type: "integer", minimum: 0, maximum: 1_000_000_000 } as const;

const changeBody = {
  type: "object",
  required: ["priceCents"],
  additionalProperties: false,
  properties: { name: { ...name, description: "left out: it stays" }, priceCents, note },
} as const;

const newBody = {
  type: "object",
  required: ["name", "priceCents", "stock"],
  additionalProperties: false,
  properties: { name, priceCents, stock, note },
} as const;

const product = {
  type: "object",
  required: ["tenant", "id", "name", "priceCents", "stock", "note", "version"],
  properties: {
    tenant: { type: "string" },
    id: { type: "integer" },
    name: { type: "string" },
    priceCents: { type: "integer" },
    stock: { type: "integer", description: "as of when the product was read: orders change it without a new version" },
    note: { type: "string" },
    version: { type: "integer" },
  },
} as const;

interface ById {
  readonly Params: { readonly id: string };
  readonly Headers: { readonly "if-match"?: string };
}

export function addProductRoutes(server: FastifyInstance, routes: ProductRoutes): void {
  const { catalogue, shelf, change, served } = routes;
  const answers = { 200: product, ...refusals(404) };
  const written = { 200: product, ...refusals(404, 412, 413, 415) };

  const read = { tags: ["products"], summary: "A product, through the cache", params, response: answers };
  server.get<ById>("/products/:id", { config: { scope: "products:read" }, schema: read }, async (request, reply) => {
    const key = keyOf(request);
    const answer = await catalogue.read(key);
    served.inc({ served: answer.served });
    reply.header("x-served", answer.served);
    if (answer.ageMs !== undefined) reply.header("age", Math.floor(answer.ageMs / 1000));
    return tagged(reply, there(key, answer.product));
  });

  const replace = {
    tags: ["products"],
    summary: "A change of a product",
    params,
    headers: ifMatch,
    body: changeBody,
    response: written,
  };
  server.put<ById & { Body: ProductChange }>(
    "/products/:id",
    { config: { scope: "products:write" }, schema: replace },
    async (request, reply) => tagged(reply, await change(keyOf(request), request.body, expectedBy(request))),
  );

  const remove = {
    tags: ["products"],
    summary: "The end of a product",
    params,
    headers: ifMatch,
    response: { 204: { type: "null" }, ...refusals(404, 412, 413, 415) },
  };
  server.delete<ById>(
    "/products/:id",
    { config: { scope: "products:write" }, schema: remove },
    async (request, reply) => {
      await shelf.remove(keyOf(request), expectedBy(request));
      return reply.code(204).send();
    },
  );

  addCreation(server, routes);
}

function addCreation(server: FastifyInstance, { database, shelf }: ProductRoutes): void {
  const headers = { type: "object", required: ["idempotency-key"], properties: { "idempotency-key": idempotencyKey } };
  const schema = {
    tags: ["products"],
    summary: "A new product, once for each key",
    headers,
    body: newBody,
    response: { 201: product, ...refusals(409, 413, 415, 422) },
  };
  server.post<{ Headers: { "idempotency-key": string }; Body: NewProduct }>(
    "/products",
    { config: { scope: "products:write" }, schema },
    async ({ principal: { tenant }, headers, body }, reply) => {
      const { name, priceCents, stock, note } = body;
      const claim = {
        tenant,
        key: headers["idempotency-key"],
        request: ["POST /products", name, priceCents, stock, note],
      };
      const created = await database.transaction((session) =>
        once(session, claim, () => shelf.add(session, tenant, body)),
      );
      await shelf.afterCommit(created, { product: created, version: created.version });
      return tagged(reply.code(201).header("location", `/products/${created.id}`), created);
    },
  );
}

function keyOf({ principal, params }: { principal: { tenant: string }; params: { id: string } }): ProductKey {
  return { tenant: principal.tenant, id: Number(params.id) };
}

function expectedBy({ headers: { "if-match": tag } }: { headers: { "if-match"?: string } }): number | undefined {
  return tag === undefined ? undefined : Number(tag.slice(1, -1));
}

function tagged(reply: { header(name: string, value: string): unknown }, found: Product): Product {
  reply.header("etag", `"${found.version}"`);
  return found;
}
