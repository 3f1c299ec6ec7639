import { availability, latency, milliseconds, nothingHangs, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

const away = { lasting: seconds(8), at: seconds(0.3) } as const;

export default scenario({
  name: "one of two workers and one of two APIs are far away from the index, the queue and the database",
  expects: "what the far ones bring late overwrites nothing that the near ones did meanwhile, and is not done twice",
  tags: ["full", "network", "async"],
  system: storefront(),
  // Each of these products is changed more than once a second, so that both workers have changes of it in hand.
  workload: shoppers({
    perSecond: 100,
    products: 10,
    skew: 0,
    doing: { browse: 40, search: 16, reprice: 24, buy: 20 },
  }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(8.5), recovery: seconds(5) },
  faults: [
    // What the worker has read of a product reaches the index late, and not in the order in which it was sent.
    {
      ...away,
      inject: latency("worker-1->search", {
        latency: milliseconds(150),
        jitter: milliseconds(120),
        direction: "requests",
      }),
    },
    { ...away, inject: latency("worker-1->queue", { latency: milliseconds(100), jitter: milliseconds(60) }) },
    { ...away, inject: latency("worker-1->postgres", { latency: milliseconds(40), jitter: milliseconds(20) }) },
    { ...away, inject: latency("api-1->search", { latency: milliseconds(80), jitter: milliseconds(40) }) },
    { ...away, inject: latency("api-1->postgres", { latency: milliseconds(30), jitter: milliseconds(20) }) },
  ],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    availability({ atLeast: 0.95 }),
    nothingHangs({ atMost: 0.005 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
