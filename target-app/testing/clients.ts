import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { App, Reply } from "./app.ts";

/** What a client did, what became of it, and when, on one monotonic clock in ms. */
export interface Deed {
  readonly kind: "read" | "write" | "search" | "order";
  readonly beganMs: number;
  readonly endedMs: number;
  /** Nothing when there was no answer at all. */
  readonly reply: Reply | undefined;
  readonly productId: number;
  /** The `Idempotency-Key` of an order. */
  readonly key?: string;
}

const rounds = ["read", "write", "read", "search", "order"] as const;

/** Clients that do one thing after the other, each when it is due, whether the one before has ended or not. */
export class Clients {
  readonly deeds: Deed[] = [];
  readonly #apis: readonly App[];
  readonly #products: readonly number[];
  readonly #everyMs: number;

  constructor(apis: readonly App[], { products, everyMs }: { products: readonly number[]; everyMs: number }) {
    this.#apis = apis;
    this.#products = products;
    this.#everyMs = everyMs;
  }

  /** @returns once everything that was begun has ended */
  async workFor(milliseconds: number): Promise<void> {
    const beganMs = performance.now();
    const underWay: Promise<void>[] = [];
    for (let count = 0; performance.now() - beganMs < milliseconds; count++) {
      underWay.push(this.#do(rounds[count % rounds.length] ?? "read", count));
      await sleep(Math.max(0, beganMs + (count + 1) * this.#everyMs - performance.now()));
    }
    await Promise.all(underWay);
  }

  async #do(kind: Deed["kind"], count: number): Promise<void> {
    // Each product gets each kind of thing: what is written must also be read.
    const productId = this.#products[Math.floor(count / rounds.length) % this.#products.length] ?? 1;
    const api = this.#apis[count % this.#apis.length]!;
    const key = kind === "order" ? randomUUID() : undefined;
    const beganMs = performance.now();
    const reply = await this.#ask(api, kind, productId, key).catch(() => undefined);
    this.deeds.push({
      kind,
      beganMs,
      endedMs: performance.now(),
      reply,
      productId,
      ...(key === undefined ? {} : { key }),
    });
  }

  async #ask(api: App, kind: Deed["kind"], productId: number, key = ""): Promise<Reply> {
    const path = `/products/${productId}`;
    if (kind === "read") return api.request("GET", path);
    if (kind === "search") return api.request("GET", "/search?q=kettle");
    if (kind === "write") return api.request("PUT", path, { priceCents: 1, note: randomUUID() });
    const order = { productId, quantity: 1 };
    const reply = await api.request("POST", "/orders", order, { "idempotency-key": key });
    // Now and then a client is not sure whether it has sent it, and sends it again.
    if (productId % 3 === 0)
      await api.request("POST", "/orders", order, { "idempotency-key": key }).catch(() => undefined);
    return reply;
  }
}

/** Reads that were older than a write acknowledged this long before they began, unless they said so. */
export function staleReads(deeds: readonly Deed[], withinMs: number): readonly Deed[] {
  const writes = deeds.filter(({ kind, reply }) => kind === "write" && reply?.status === 200);
  return deeds.filter(({ kind, reply, productId, beganMs }) => {
    if (kind !== "read" || reply?.status !== 200 || reply.headers.get("x-served") === "stale") return false;
    return writes.some(
      (write) =>
        write.productId === productId &&
        write.endedMs + withinMs < beganMs &&
        write.reply?.body.version > reply.body.version,
    );
  });
}
