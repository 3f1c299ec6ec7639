import { milliseconds } from "../model/units.ts";
import type { HttpReply, Judgement, Operation, Workload } from "../model/workload.ts";

const headers = {
  authorization: "Bearer acme.keeper.demo-5d70c1e84f2a4b39",
  "content-type": "application/json",
} as const;

const deadline = milliseconds(1000);

/** A workload, and how its reads were answered: `hit`, `miss`, `bypass` or `stale`, each with its number. */
export interface BenchLoad {
  readonly workload: Workload;
  readonly served: Map<string, number>;
}

/** Both kinds of operation at their own rates, on as many products as the seed data has, as popular as products are. */
export function load(perSecond: { readonly reads: number; readonly orders: number }): BenchLoad {
  const served = new Map<string, number>();
  const workload: Workload = {
    name: "bench",
    perSecond: perSecond.reads + perSecond.orders,
    arrivals: "constant",
    keys: 200,
    skew: 1,
    sessions: 50,
    operations: {
      ...(perSecond.reads > 0 ? { read: read(perSecond.reads, served) } : {}),
      ...(perSecond.orders > 0 ? { order: order(perSecond.orders) } : {}),
    },
  };
  return { workload, served };
}

function read(weight: number, served: Map<string, number>): Operation {
  return {
    weight,
    effect: "read",
    deadline,
    request: ({ key }) => ({ method: "GET", path: `/products/${key + 1}`, headers }),
    judge(reply) {
      const how = String(reply.headers["x-served"] ?? "without a word");
      if (reply.status === 200) served.set(how, (served.get(how) ?? 0) + 1);
      return judge(reply, 200);
    },
  };
}

function order(weight: number): Operation {
  return {
    weight,
    effect: "insert",
    deadline,
    request: ({ key, token }) => ({
      method: "POST",
      path: "/orders",
      headers: { ...headers, "idempotency-key": token },
      body: JSON.stringify({ productId: key + 1, quantity: 1 }),
    }),
    judge: (reply) => judge(reply, 202),
  };
}

/** By the status alone: whether the answers are right is what scenarios are for, and parsing costs the generator. */
function judge({ status, body }: HttpReply, expected: number): Judgement {
  if (status === expected) return { outcome: "ok" };
  const code = /"code":"([^"]*)"/.exec(body)?.[1] ?? "without a code";
  return { outcome: "rejected", detail: `${status} ${code}` };
}
