import { createHash } from "node:crypto";
import type { Database, Session } from "../platform/database.ts";
import { Problem } from "../platform/errors.ts";
import type { RedisLink } from "../platform/redis-link.ts";

/** A request that is to be done once, however often it is sent. */
export interface Claim {
  readonly tenant: string;
  /** The client's `Idempotency-Key`. */
  readonly key: string;
  /** What the request means, for telling it from another one with the same key; not its bytes. */
  readonly request: readonly unknown[];
}

/**
 * Does the effect once for each key; the same request again gets the answer of the first, whatever became of it.
 * The claim, the effect and the answer are one transaction: there is no moment in which one is there without the others.
 * @throws {Problem} 409 while the first one is being worked on, 422 when the key was used for a different request
 */
export async function once<T>(session: Session, claim: Claim, effect: () => Promise<T>): Promise<T> {
  await lock(session, claim);
  const { rows } = await session.query<{ hash: string; response: T }>(
    "SELECT request_hash AS hash, response FROM idempotency_keys WHERE tenant = $1 AND key = $2",
    [claim.tenant, claim.key],
  );
  if (rows[0] !== undefined) return sameRequest(claim, rows[0]).response;
  const response = await effect();
  await session.query("INSERT INTO idempotency_keys (tenant, key, request_hash, response) VALUES ($1, $2, $3, $4)", [
    claim.tenant,
    claim.key,
    hashOf(claim),
    response,
  ]);
  return response;
}

/** What "key-outside-txn" does: the key is remembered in the cache, once everything is over. */
export async function onceByCache<T>(link: RedisLink, claim: Claim, effect: () => Promise<T>): Promise<T> {
  const key = `idempotency:${claim.tenant}:${claim.key}`;
  const earlier = await link.run("find a key", (redis) => redis.get(key)).catch(() => null);
  if (earlier !== null) return sameRequest(claim, JSON.parse(earlier) as { hash: string; response: T }).response;
  const response = await effect();
  const entry = JSON.stringify({ hash: hashOf(claim), response });
  await link.run("remember a key", (redis) => redis.set(key, entry, "EX", 86_400)).catch(() => null);
  return response;
}

/** What "key-stuck-in-flight" does: the claim is committed before the effect, and only the effect's success ends it. */
export async function onceByStatus<T>(
  database: Database,
  claim: Claim,
  effect: (session: Session) => Promise<T>,
): Promise<T> {
  const { tenant, key } = claim;
  const claimed = await database.query(
    `INSERT INTO idempotency_keys (tenant, key, request_hash, response) VALUES ($1, $2, $3, 'null')
     ON CONFLICT (tenant, key) DO NOTHING`,
    [tenant, key, hashOf(claim)],
  );
  if (claimed.rowCount === 0) return answerOf<T>(database, claim);
  return database.transaction(async (session) => {
    const response = await effect(session);
    await session.query("UPDATE idempotency_keys SET response = $3 WHERE tenant = $1 AND key = $2", [
      tenant,
      key,
      response,
    ]);
    return response;
  });
}

async function answerOf<T>(session: Session, claim: Claim): Promise<T> {
  const { rows } = await session.query<{ hash: string; response: T | null }>(
    "SELECT request_hash AS hash, response FROM idempotency_keys WHERE tenant = $1 AND key = $2",
    [claim.tenant, claim.key],
  );
  const response = rows[0] === undefined ? null : sameRequest(claim, rows[0]).response;
  if (response === null) throw inFlight();
  return response;
}

/** Without it a second request would wait for the first one's INSERT, on a connection, for as long as that takes. */
async function lock(session: Session, { tenant, key }: Claim): Promise<void> {
  const { rows } = await session.query<{ isFree: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS "isFree"`,
    [`${tenant} ${key}`],
  );
  if (rows[0]?.isFree !== true) throw inFlight();
}

function inFlight(): Problem {
  return new Problem(409, "request-in-flight", "a request with this Idempotency-Key is being worked on");
}

function sameRequest<T extends { readonly hash: string }>(claim: Claim, earlier: T): T {
  if (earlier.hash === hashOf(claim)) return earlier;
  const detail = "this Idempotency-Key was used for a different request";
  throw new Problem(422, "idempotency-key-reused", detail, { field: "headers/idempotency-key" });
}

function hashOf({ request }: Claim): string {
  return createHash("sha256").update(JSON.stringify(request)).digest("hex");
}
