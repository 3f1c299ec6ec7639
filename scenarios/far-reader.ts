import { availability, latency, milliseconds, pause, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "the database's answers come late to one API, prices change through the other, and the workers are frozen",
  expects: "what the one has read is out of date by the time that it hears of it, and does not get into the cache",
  tags: ["gate", "full", "cache"],
  system: storefront(),
  workload: shoppers({
    perSecond: 180,
    products: 40,
    skew: 0.3,
    doing: { browse: 60, search: 1, reprice: 38, buy: 1 },
  }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(8), recovery: seconds(5) },
  faults: [
    // A change takes six trips, and so the API itself can change nothing: it only reads.
    { at: seconds(0.3), lasting: seconds(7.5), inject: latency("api-1->postgres", { latency: milliseconds(150) }) },
    // They would make up for it later.
    { at: seconds(0.3), lasting: seconds(7), inject: pause("worker") },
  ],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    availability({ atLeast: 0.98, operations: ["browse", "search"] }),
    ...keepsItsWord(),
    // Nothing keeps the cache from learning of a change at once.
    ...tellsTheTruth({ within: milliseconds(600) }),
    recoversWithin(seconds(3)),
  ],
});
