import { availability, latency, milliseconds, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "prices that everybody looks at change while what the APIs tell the cache comes late, or after they gave it up",
  expects: "what comes late overwrites nothing that is newer",
  tags: ["gate", "full", "cache"],
  system: storefront(),
  // Each product is changed more than once a second by one API or the other, and read more often: whatever order their
  // messages to the cache can come in, they come in, and somebody sees what came of it.
  workload: shoppers({ perSecond: 180, products: 44, skew: 0, doing: { browse: 60, search: 1, reprice: 38, buy: 1 } }),
  phases: { warmUp: seconds(1), steady: seconds(2.5), faults: seconds(12), recovery: seconds(4) },
  faults: [
    // About as long as the API waits for the cache: some messages are in time, some come after they were given up.
    {
      at: seconds(0.3),
      lasting: seconds(11.5),
      inject: latency("api->cache", { latency: milliseconds(85), jitter: milliseconds(75), direction: "requests" }),
    },
  ],
  audit: ledger(),
  checks: [
    availability({ atLeast: 0.98 }),
    ...keepsItsWord(),
    // A message is late by 160 ms at most, and so is what it says; the rest is for a machine that is busy.
    ...tellsTheTruth({ within: milliseconds(450) }),
    recoversWithin(seconds(3)),
  ],
});
