import { availability, latency, milliseconds, pause, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "prices that everybody looks at change while the APIs' messages to the cache come late and the workers are frozen",
  expects: "what comes late overwrites nothing that is newer, though nobody is there to make up for it",
  tags: ["gate", "full", "cache"],
  system: storefront(),
  // Most products are changed about every second by one API or the other, and looked at more often: whatever order their
  // messages to the cache can come in, they come in, and somebody sees what came of it.
  workload: shoppers({ perSecond: 190, products: 36, doing: { browse: 64, search: 1, reprice: 33, buy: 2 } }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(8), recovery: seconds(5) },
  faults: [
    // About as long as the API waits for the cache: some messages are in time, some come after they were given up.
    {
      at: seconds(0.3),
      lasting: seconds(7.5),
      inject: latency("api->cache", { latency: milliseconds(70), jitter: milliseconds(60), direction: "requests" }),
    },
    { at: seconds(0.3), lasting: seconds(7), inject: pause("worker") },
  ],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    availability({ atLeast: 0.98 }),
    ...keepsItsWord(),
    // A message is late by 130 ms at most, and so is what it says.
    ...tellsTheTruth({ within: milliseconds(600) }),
    recoversWithin(seconds(3)),
  ],
});
