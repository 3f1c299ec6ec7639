import {
  availability,
  latency,
  milliseconds,
  noStaleReads,
  nothingHangs,
  recoversWithin,
  scenario,
  seconds,
} from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

const away = { lasting: seconds(10), at: seconds(0.3) } as const;

export default scenario({
  name: "one worker and one API are far away from the index and the database, the other worker from the queue",
  expects: "what the far ones bring late overwrites nothing that the near ones did meanwhile, and is not done twice",
  tags: ["gate", "full", "network", "async"],
  system: storefront(),
  // Each of these products is changed every two seconds: often enough for both workers to have a change of the same one in
  // hand, and seldom enough for what overwrites it to stay until a search finds it.
  workload: shoppers({
    perSecond: 140,
    products: 80,
    skew: 0,
    doing: { browse: 20, search: 60, reprice: 40, buy: 20 },
  }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(10.5), recovery: seconds(4) },
  faults: [
    // What the worker has read of a product reaches the index late, when the near one has put a newer version there.
    {
      ...away,
      inject: latency("worker-1->search", {
        latency: milliseconds(300),
        jitter: milliseconds(100),
        direction: "requests",
      }),
    },
    // The other worker is far from the queue, or it would take every job before this one hears of it.
    { ...away, inject: latency("worker-2->queue", { latency: milliseconds(40), jitter: milliseconds(20) }) },
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
    // A change is in the index when its event and its job came there: after 1 s at the most by the far worker.
    noStaleReads({ within: seconds(2), operations: ["search"] }),
    recoversWithin(seconds(3)),
  ],
});
