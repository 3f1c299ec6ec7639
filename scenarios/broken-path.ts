import { availability, partition, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "one of two paths to the database is dead: half of the connections fall silent, and half of the new ones",
  expects: "a connection that gave no answer is not used again, and soon all have one that works",
  tags: ["full", "database", "network"],
  system: storefront(),
  // Mostly changes and orders: each holds a connection for several statements.
  workload: shoppers({ perSecond: 80, doing: { browse: 6, search: 4, reprice: 45, buy: 45 } }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(8), recovery: seconds(5) },
  faults: [{ at: seconds(0.3), lasting: seconds(7), inject: partition("api->postgres", { share: 0.5 }) }],
  audit: ledger(),
  checks: [
    // Each API has at most a dozen connections: it loses a few dozen statements until it has found those that work.
    availability({ atLeast: 0.93 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
