import { latency, milliseconds, nothingHangs, overload, poolsHold, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { keepers } from "./storefront/seed.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

/** Of each instance: more than it has to Postgres, and no more than it takes to keep all of those busy. */
const connections = 30;
const headers = { authorization: `Bearer ${keepers.globex}` };

export default scenario({
  name: "another tenant's campaign orders, then asks for what no cache has, on more connections than a slow database has",
  expects:
    "pools stay as large as they were stated, who waits for a connection is answered, and what was accepted is kept",
  tags: ["full", "overload", "database"],
  system: storefront(),
  workload: shoppers({ perSecond: 60 }),
  phases: { warmUp, steady: seconds(3), faults: seconds(8), recovery: seconds(6) },
  faults: [
    // Connections are what there is too little of then, and not processors.
    { at: seconds(0.3), lasting: seconds(7), inject: latency("api->postgres", { latency: milliseconds(60) }) },
    {
      at: seconds(0.6),
      lasting: seconds(3),
      inject: overload("clients->api", {
        connections,
        method: "POST",
        path: "/orders",
        headers: { ...headers, "content-type": "application/json", "idempotency-key": "campaign-{n}" },
        body: '{ "productId": 7, "quantity": 1 }',
      }),
    },
    {
      at: seconds(4.2),
      lasting: seconds(3),
      // No product has such an id, since these are not the first floods, and that is cached for each id by itself.
      inject: overload("clients->api", { connections, path: "/products/{n}", headers }),
    },
  ],
  audit: ledger(),
  // The campaign's orders are worked off, too.
  restWithin: seconds(30),
  checks: [
    // The rush takes processors, too: where there are few, some are answered late, and where callers wait for ever, most are.
    nothingHangs({ atMost: 0.1 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    poolsHold({ statementsWithin: seconds(2) }),
    recoversWithin(seconds(3)),
  ],
});
