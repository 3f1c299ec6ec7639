import { availability, errorBudget, nothingHangs, partition, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, marksGoOff, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

export default scenario({
  name: "the cache is cut off while customers browse and buy",
  expects: "reads fall through to Postgres; nobody sees an error or a stale price, and no order is lost",
  tags: ["demo", "gate", "full", "cache"],
  system: storefront(),
  workload: shoppers({ perSecond: 120 }),
  phases: { warmUp, steady: seconds(4), faults: seconds(8), recovery: seconds(5) },
  // Long enough for hundreds of writes whose invalidation the API can't deliver to the cache itself.
  faults: [{ at: seconds(0.5), lasting: seconds(7), inject: partition("api->cache") }],
  audit: ledger(),
  checks: [
    availability({ atLeast: 0.995 }),
    // A read waits for the cache 80 ms at the most, which leaves it in time. What is late by as much as this allows is
    // so for want of a processor: a correct system loses next to nothing of its budget.
    errorBudget({ burnAtMost: 3 }),
    ...keepsItsWord({}, marksGoOff),
    ...tellsTheTruth(),
    nothingHangs({ atMost: 0.005 }),
    recoversWithin(seconds(3)),
  ],
});
