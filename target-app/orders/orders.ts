import { createHash, randomUUID } from "node:crypto";
import pg from "pg";
import { append } from "../outbox/outbox.ts";
import type { Database, Session } from "../platform/database.ts";
import { Problem } from "../platform/errors.ts";

export type OrderStatus = "pending" | "fulfilled" | "dead";

export interface OrderRequest {
  readonly productId: number;
  readonly quantity: number;
}

export interface Order extends OrderRequest {
  readonly orderId: string;
  readonly status: OrderStatus;
  /** Why it is dead. */
  readonly reason: string | null;
}

export interface Accepted {
  readonly orderId: string;
  readonly status: OrderStatus;
}

/** Takes an order once for each key; the same request again gets the answer of the first, whatever became of it. */
export async function placeOrder(database: Database, key: string, request: OrderRequest): Promise<Accepted> {
  try {
    return await database.transaction(async (session) => {
      await lockKey(session, key);
      const accepted: Accepted = { orderId: randomUUID(), status: "pending" };
      const earlier = await claimKey(session, key, request, accepted);
      if (earlier !== undefined) return earlier;
      await session.query("INSERT INTO orders (id, idempotency_key, product_id, quantity) VALUES ($1, $2, $3, $4)", [
        accepted.orderId,
        key,
        request.productId,
        request.quantity,
      ]);
      await append(session, "order-placed", { orderId: accepted.orderId, ...request });
      return accepted;
    });
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === foreignKeyViolation) {
      throw new Problem(422, "unknown-product", `there is no product ${request.productId}`);
    }
    throw error;
  }
}

export async function findOrder(session: Session, orderId: string): Promise<Order | undefined> {
  const { rows } = await session.query<Order>(
    `SELECT id AS "orderId", product_id AS "productId", quantity, status, reason FROM orders WHERE id = $1`,
    [orderId],
  );
  return rows[0];
}

const foreignKeyViolation = "23503";

/** Without it a second request would wait for the first one's INSERT, on a connection, for as long as that takes. */
async function lockKey(session: Session, key: string): Promise<void> {
  const { rows } = await session.query<{ isFree: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS "isFree"`,
    [key],
  );
  if (rows[0]?.isFree !== true) {
    throw new Problem(409, "request-in-flight", "a request with this Idempotency-Key is being worked on");
  }
}

/** The stored answer if the key was used for the same request before; nothing if it is now this request's. */
async function claimKey(
  session: Session,
  key: string,
  request: OrderRequest,
  response: Accepted,
): Promise<Accepted | undefined> {
  const hash = hashOf(request);
  const claimed = await session.query(
    "INSERT INTO idempotency_keys (key, request_hash, response) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING",
    [key, hash, response],
  );
  if (claimed.rowCount === 1) return undefined;
  const { rows } = await session.query<{ hash: string; response: Accepted }>(
    "SELECT request_hash AS hash, response FROM idempotency_keys WHERE key = $1",
    [key],
  );
  if (rows[0]?.hash !== hash) {
    throw new Problem(422, "idempotency-key-reused", "this Idempotency-Key was used for a different request");
  }
  return rows[0].response;
}

/** Of what the request means, not of its bytes: white space and the order of fields are no difference. */
function hashOf({ productId, quantity }: OrderRequest): string {
  return createHash("sha256")
    .update(JSON.stringify(["POST /orders", productId, quantity]))
    .digest("hex");
}
