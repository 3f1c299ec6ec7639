import type { FastifyInstance } from "fastify";
import { refusals, uuid } from "../http/schemas.ts";
import type { Database } from "../platform/database.ts";
import { missingScope } from "./access.ts";
import { issueKey, listKeys, type NewKey, revokeKey } from "./api-keys.ts";
import { scopes as allScopes } from "./scopes.ts";

const name = { type: "string", pattern: "^[a-z0-9-]{1,40}$" } as const;
const tenant = { type: "string", maxLength: 40 } as const;
const scopes = {
  type: "array",
  minItems: 1,
  maxItems: allScopes.length,
  uniqueItems: true,
  items: { type: "string", enum: allScopes },
} as const;

const body = {
  type: "object",
  required: ["name", "scopes"],
  additionalProperties: false,
  properties: { name: { ...name, description: "for people; two keys may have the same" }, scopes },
} as const;

const issued = {
  type: "object",
  required: ["id", "tenant", "name", "scopes", "key"],
  additionalProperties: false,
  properties: {
    id: uuid,
    tenant,
    name,
    scopes,
    key: { type: "string", maxLength: 128, description: "told here and never again: only its hash is kept" },
  },
} as const;

const record = {
  type: "object",
  required: ["id", "tenant", "name", "scopes", "createdAt", "revokedAt"],
  additionalProperties: false,
  properties: {
    id: uuid,
    tenant,
    name,
    scopes,
    createdAt: { type: "string", description: "ISO 8601" },
    revokedAt: { type: ["string", "null"], description: "ISO 8601; null: it is valid" },
  },
} as const;

const list = {
  type: "object",
  required: ["keys"],
  additionalProperties: false,
  properties: { keys: { type: "array", items: record } },
} as const;

const querystring = {
  type: "object",
  additionalProperties: false,
  properties: {
    limit: { type: "string", pattern: "^([1-9]|[1-9][0-9]|100)$", default: "100" },
    after: { ...uuid, description: "the id of the last one seen" },
  },
} as const;

const params = { type: "object", required: ["id"], additionalProperties: false, properties: { id: uuid } } as const;

const config = { scope: "keys" } as const;
const tags = ["keys"];

/** Of one's own tenant only, which is the one of the key that asks. */
export function addKeyRoutes(server: FastifyInstance, database: Database): void {
  const issue = { tags, summary: "A new key", body, response: { 201: issued, ...refusals(413, 415) } };
  server.post<{ Body: NewKey }>("/keys", { config, schema: issue }, async ({ principal, body: wanted }, reply) => {
    // Or a key that may only issue keys would be one that may do everything.
    const lacking = wanted.scopes.find((scope) => !principal.scopes.includes(scope));
    if (lacking !== undefined) throw missingScope(lacking);
    const key = await database.transaction((session) => issueKey(session, principal.tenant, wanted));
    return reply.code(201).header("cache-control", "no-store").send(key);
  });

  const listed = { tags, summary: "All keys, oldest first", querystring, response: { 200: list, ...refusals() } };
  server.get<{ Querystring: { limit: string; after?: string } }>(
    "/keys",
    { config, schema: listed },
    async ({ principal, query: { limit, after } }) => {
      const found = await listKeys(database, principal.tenant, { limit: Number(limit), after });
      const texts = found.map(({ createdAt, revokedAt, ...key }) => ({
        ...key,
        createdAt: createdAt.toISOString(),
        revokedAt: revokedAt?.toISOString() ?? null,
      }));
      return { keys: texts };
    },
  );

  const revoke = {
    tags,
    summary: "The end of a key, within the bound; also of one that was revoked already",
    params,
    response: { 204: { type: "null", description: "it is revoked" }, ...refusals(404, 413, 415) },
  };
  server.delete<{ Params: { id: string } }>(
    "/keys/:id",
    { config, schema: revoke },
    async ({ principal, params: { id } }, reply) => {
      await database.transaction((session) => revokeKey(session, principal.tenant, id));
      return reply.code(204).send();
    },
  );
}
