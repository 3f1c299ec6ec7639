import { randomUUID } from "node:crypto";
import type { JobProducer } from "../jobs/producer.ts";
import { mutated } from "../mutants.ts";
import { append } from "../outbox/outbox.ts";
import type { Database, Session } from "../platform/database.ts";
import { remainingMs } from "../platform/deadline.ts";
import { OutcomeUnknown, Problem, Unavailable } from "../platform/errors.ts";
import type { RedisLink } from "../platform/redis-link.ts";
import { type Claim, once, onceByCache, onceByStatus } from "./idempotency.ts";

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

export interface OrderParts {
  readonly database: Database;
  /** For seeded bugs only. */
  readonly cacheLink: RedisLink;
  readonly producer?: JobProducer | undefined;
}

/** Less than this is not enough for a second try. */
const secondTryMs = 300;

/** Takes an order once for each key. */
export class Orders {
  readonly #parts: OrderParts;

  constructor(parts: OrderParts) {
    this.#parts = parts;
  }

  async place(tenant: string, key: string, request: OrderRequest): Promise<Accepted> {
    const { database, cacheLink } = this.#parts;
    const claim: Claim = { tenant, key, request: ["POST /orders", request.productId, request.quantity] };
    const take = (session: Session) => this.#take(session, claim, request);
    const placeOnce = () =>
      mutated("key-stuck-in-flight")
        ? onceByStatus(database, claim, take) // instead of:
        : database.transaction((session) => once(session, claim, () => take(session)));
    const first = mutated("key-outside-txn")
      ? onceByCache(cacheLink, claim, () => database.transaction(take)) // instead of:
      : placeOnce();
    const accepted = await first.catch((error) => {
      // Was it committed? The same request with the same key finds out, and does what is still to be done.
      if (!(error instanceof OutcomeUnknown) || remainingMs(secondTryMs) < secondTryMs) throw error;
      const second = mutated("retry-no-key") ? database.transaction(take) : placeOnce();
      // That the second try changed nothing says nothing of the first.
      return second.catch((later) => Promise.reject(later instanceof Unavailable ? error : later));
    });
    if (mutated("enqueue-no-outbox")) await this.#enqueue(tenant, accepted.orderId, request); // see #take
    return accepted;
  }

  async find(tenant: string, orderId: string): Promise<Order | undefined> {
    const { rows } = await this.#parts.database.query<Order>(
      `SELECT id AS "orderId", product_id AS "productId", quantity, status, reason
       FROM orders WHERE id = $1 AND tenant = $2`,
      [orderId, tenant],
    );
    return rows[0];
  }

  async #take(session: Session, { tenant, key }: Claim, { productId, quantity }: OrderRequest): Promise<Accepted> {
    const accepted: Accepted = { orderId: randomUUID(), status: "pending" };
    const inserted = await session.query(
      `INSERT INTO orders (id, tenant, idempotency_key, product_id, quantity)
       SELECT $1, tenant, $3, id, $5 FROM products WHERE tenant = $2 AND id = $4 AND NOT deleted`,
      [accepted.orderId, tenant, key, productId, quantity],
    );
    if (inserted.rowCount === 0) {
      throw new Problem(422, "unknown-product", `there is no product ${productId}`, { field: "body/productId" });
    }
    const event = { tenant, orderId: accepted.orderId, productId, quantity };
    if (!mutated("enqueue-no-outbox")) await append(session, "order-placed", event);
    return accepted;
  }

  async #enqueue(tenant: string, orderId: string, request: OrderRequest): Promise<void> {
    const event = { id: randomUUID(), payload: { tenant, orderId, ...request } };
    await this.#parts.producer?.enqueue("order-placed", event);
  }
}
