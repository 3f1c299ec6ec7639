import { availability, latency, milliseconds, pause, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "prices that everybody looks at change while one API's messages to the cache come late and the workers are frozen",
  expects: "what comes late overwrites nothing that is newer, though nobody is there to make up for it",
  tags: ["gate", "full", "cache"],
  system: storefront(),
  // Each product is changed about twice a second by one API or the other, and looked at more often: whatever order their
  // messages to the cache can come in, they come in, and somebody sees what came of it.
  workload: shoppers({ perSecond: 210, products: 42, skew: 0, doing: { browse: 62, search: 1, reprice: 36, buy: 1 } }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(8), recovery: seconds(5) },
  faults: [
    // A little less than the API waits for the cache, or it would soon leave it alone.
    {
      at: seconds(0.3),
      lasting: seconds(7.5),
      inject: latency("api-1->cache", { latency: milliseconds(60), jitter: milliseconds(10), direction: "requests" }),
    },
    { at: seconds(0.3), lasting: seconds(7), inject: pause("worker") },
  ],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    availability({ atLeast: 0.98 }),
    ...keepsItsWord(),
    // A message is late by 70 ms at most, and so is what it says; the rest is for a machine that is busy.
    ...tellsTheTruth({ within: milliseconds(400) }),
    recoversWithin(seconds(3)),
  ],
});
