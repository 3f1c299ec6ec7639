import { availability, latency, milliseconds, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "everybody looks at the same few products while their prices change and one API's messages to the cache come late",
  expects: "what comes late overwrites nothing that is newer: nobody sees an old price for longer than two seconds",
  tags: ["gate", "full", "cache"],
  system: storefront(),
  // Each product is changed five times a second by both APIs, and read fifteen times: whatever order their messages
  // to the cache can come in, they come in.
  workload: shoppers({ perSecond: 160, products: 8, doing: { browse: 70, search: 2, reprice: 26, buy: 2 } }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(8), recovery: seconds(6) },
  faults: [
    // About as long as the API waits for the cache: some messages are in time, some come after they were given up.
    {
      at: seconds(0.3),
      lasting: seconds(7.5),
      inject: latency("api-1->cache", { latency: milliseconds(70), jitter: milliseconds(60), direction: "requests" }),
    },
  ],
  audit: ledger(),
  checks: [availability({ atLeast: 0.99 }), ...keepsItsWord(), ...tellsTheTruth(), recoversWithin(seconds(3))],
});
