import { availability, latency, milliseconds, pause, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "an API and a worker are frozen for longer than any lease, lock or tombstone lives, while their twins serve",
  expects: "nobody waits for what they held, and what they do when they wake up undoes nothing and is not done twice",
  tags: ["full", "async", "cache"],
  system: storefront(),
  workload: shoppers({ perSecond: 90, products: 8, skew: 0, doing: { browse: 48, search: 4, reprice: 28, buy: 20 } }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(13.5), recovery: seconds(5.5) },
  faults: [
    // So that both are in the middle of transactions, of reads and of jobs when they freeze.
    { at: seconds(0.2), lasting: seconds(1.3), inject: latency("api-1->postgres", { latency: milliseconds(50) }) },
    { at: seconds(0.2), lasting: seconds(1.3), inject: latency("worker-1->postgres", { latency: milliseconds(80) }) },
    // A job's lock lives for 5 s, a tombstone for 10 s, an idle transaction for 1.5 s.
    { at: seconds(0.9), lasting: seconds(12.3), inject: pause("api-1") },
    { at: seconds(0.9), lasting: seconds(12.3), inject: pause("worker-1") },
  ],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    // Clients stay with their API: for 12.3 of 19 seconds half of them have none.
    availability({ atLeast: 0.6 }),
    // 66 to 67 % of the changes are taken; 47 to 49 % where those of the other half wait for rows that a frozen API holds.
    availability({ atLeast: 0.56, operations: ["reprice"] }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
