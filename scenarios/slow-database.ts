import { availability, latency, milliseconds, recoversWithin, scenario, seconds } from "faultline";
import { impatient } from "./storefront/impatient.ts";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

export default scenario({
  name: "one API's statements come late to the database, and customers who get no answer press the button again",
  expects: "each order is taken once, and what one API changes slowly the other does not keep as it was",
  tags: ["full", "database"],
  system: storefront(),
  workload: [
    shoppers({ perSecond: 110, products: 12, doing: { browse: 76, search: 4, reprice: 16, buy: 4 } }),
    impatient({ perSecond: 5 }),
  ],
  phases: { warmUp, steady: seconds(3), faults: seconds(8), recovery: seconds(6) },
  // A change takes six trips, of a patience of 450 ms; an order seven, which is more than that of those who press again.
  faults: [
    {
      at: seconds(0.3),
      lasting: seconds(7.5),
      inject: latency("api-1->postgres", { latency: milliseconds(45), direction: "requests" }),
    },
  ],
  audit: ledger(),
  checks: [
    availability({ atLeast: 0.97, operations: ["browse", "search"] }),
    ...keepsItsWord(),
    // Nothing keeps the cache from learning of a change at once.
    ...tellsTheTruth({ within: milliseconds(600) }),
    recoversWithin(seconds(3)),
  ],
});
