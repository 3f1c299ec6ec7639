import { availability, latency, milliseconds, recoversWithin, scenario, seconds } from "faultline";
import { impatient } from "./storefront/impatient.ts";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "the database is slow, and customers who get no answer press the button again",
  expects: "the cache goes on serving, each order is taken once, and an old price is not kept",
  tags: ["gate", "full", "database"],
  system: storefront(),
  workload: [
    shoppers({ perSecond: 90, products: 12, doing: { browse: 80, search: 4, reprice: 12, buy: 4 } }),
    impatient({ perSecond: 5 }),
  ],
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(8), recovery: seconds(6) },
  // An order takes seven trips: with 70 ms for each, twice as long as the patience of those who press again.
  faults: [
    { at: seconds(0.3), lasting: seconds(7.5), inject: latency("api->postgres", { latency: milliseconds(70) }) },
  ],
  audit: ledger(),
  checks: [
    // What is slow is in time nevertheless: reads take one trip, changes six, of a second's patience.
    availability({ atLeast: 0.9, operations: ["browse", "search"] }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
