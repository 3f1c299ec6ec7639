import { availability, latency, milliseconds, recoversWithin, scenario, seconds } from "faultline";
import { impatient } from "./storefront/impatient.ts";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

export default scenario({
  name: "one API is far away from the database and the cache, while prices change through both",
  expects: "what it says late overwrites nothing that is newer",
  tags: ["gate", "full", "cache"],
  system: storefront(),
  // Each of these products is changed more than once a second by one API or the other, and read more often.
  workload: [
    shoppers({ perSecond: 150, products: 24, skew: 0, doing: { browse: 108, search: 1, reprice: 40, buy: 1 } }),
    impatient({ perSecond: 5 }),
  ],
  phases: { warmUp, steady: seconds(2.5), faults: seconds(12), recovery: seconds(4) },
  faults: [
    // The far one learns late what it has committed or read, and what it then tells the cache comes later still:
    // by then the near one has changed the product again, and the outbox has told the cache so.
    { at: seconds(0.3), lasting: seconds(11.5), inject: latency("api-1->postgres", { latency: milliseconds(60) }) },
    {
      at: seconds(0.3),
      lasting: seconds(11.5),
      inject: latency("api-1->cache", { latency: milliseconds(60), direction: "requests" }),
    },
  ],
  audit: ledger(),
  checks: [
    // The far one holds a product for some 250 ms, and who would change it meanwhile waits for it: 95 to 99 % in
    // fourteen runs, and all that was refused were changes.
    availability({ atLeast: 0.92, operations: ["browse", "search", "reprice", "buy"] }),
    ...keepsItsWord(),
    // What is read has been true 120 ms before, at most; the rest is for a machine that is busy.
    ...tellsTheTruth({ within: milliseconds(450) }),
    recoversWithin(seconds(3)),
  ],
});
