import { overload } from "faultline";
import { keepers } from "./seed.ts";

/** Of each instance: more than it has to Postgres, and no more than it takes to keep all of those busy. */
const connections = 30;
const headers = { authorization: `Bearer ${keepers.globex}` };

/** Another tenant's campaign: orders, each with a key of its own, on more connections than an API has to Postgres. */
export const campaignOrders = () =>
  overload("clients->api", {
    connections,
    method: "POST",
    path: "/orders",
    headers: { ...headers, "content-type": "application/json", "idempotency-key": "campaign-{n}" },
    body: '{ "productId": 7, "quantity": 1 }',
  });

/** And what no cache has: no product has such an id, and that is cached for each id by itself. Not as a run's first flood. */
export const campaignLooks = () => overload("clients->api", { connections, path: "/products/{n}", headers });
