import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Problem } from "../platform/errors.ts";
import type { Authenticator } from "./authenticator.ts";
import type {} from "./limits.ts";
import type { Principal, Scope } from "./scopes.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What a key must be for to use this route; "public" asks for no key. A route without it does not start. */
    readonly scope?: Scope | "public";
  }
  interface FastifyRequest {
    /** Whose key came with the request; not there on public routes. */
    principal: Principal;
  }
}

/**
 * Asks every request for a key with the scope of its route, within the limits of `addLimits` if there are any.
 * Routes that are added before it are asked for keys as well, but not looked at when the server starts.
 */
export function addAccess(server: FastifyInstance, authenticator: Authenticator): void {
  server.decorateRequest("principal");
  server.addHook("onRoute", ({ method, url, config }) => {
    if (config?.scope === undefined) throw new Error(`the route ${String(method)} ${url} does not say its scope`);
  });
  server.addHook("onRequest", async (request, reply) => {
    const { scope } = request.routeOptions.config;
    if (request.is404 || scope === "public") return;
    const principal = await principalOf(request, reply, authenticator);
    request.principal = principal;
    await server.limits?.take(request, reply);
    // A route that got past the check at the start has no scope, which no key has.
    if (scope === undefined || !principal.scopes.includes(scope)) throw missingScope(String(scope));
  });
}

export function missingScope(scope: string): Problem {
  return new Problem(403, "missing-scope", `the key lacks the scope ${scope}`);
}

/** Rejects with a `Problem` that never repeats the key: answers end up in logs. */
async function principalOf(
  request: FastifyRequest,
  reply: FastifyReply,
  authenticator: Authenticator,
): Promise<Principal> {
  const { authorization = "" } = request.headers;
  if (authorization === "") throw unauthorised(reply, "missing-key", "send `Authorization: Bearer <key>`");
  const key = /^bearer +([!-~]{1,128})$/i.exec(authorization)?.[1];
  const { limits } = request.server;
  const guesser = limits?.guesser(request, reply);
  if (key !== undefined && !isRepeated(request)) {
    const principal = await authenticator.authenticate(key, guesser);
    if (principal !== undefined) return principal;
  }
  await limits?.refuse(request, reply);
  throw unauthorised(reply, "unknown-key", "the key is not valid");
}

/** Node keeps the first of two such headers and drops the other: which one was meant is not ours to guess. */
function isRepeated({ raw: { rawHeaders } }: FastifyRequest): boolean {
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "authorization").length > 1;
}

function unauthorised(reply: FastifyReply, code: string, detail: string): Problem {
  reply.header("www-authenticate", "Bearer");
  return new Problem(401, code, detail);
}
