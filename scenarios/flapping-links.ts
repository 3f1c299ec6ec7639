import { availability, flapping, milliseconds, nothingHangs, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

/** On a machine that is busy, too, each cut is seen. */
const cuts = { within: seconds(9.6), shortest: milliseconds(300), longest: milliseconds(500) } as const;

export default scenario({
  name: "the links to the cache and to the queue flap: ten short cuts each, while customers browse and buy",
  expects:
    "every connection comes back after every cut, customers notice nothing, and nothing is lost between two of them",
  tags: ["full", "network", "cache", "async"],
  system: storefront(),
  workload: shoppers({ perSecond: 90, doing: { browse: 52, search: 4, reprice: 22, buy: 22 } }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(9.8), recovery: seconds(5) },
  // A client that counts its attempts for all its life, or waits longer after each, has none left before the tenth cut.
  faults: [flapping("api->cache", cuts), flapping("worker->cache", cuts), flapping("worker->queue", cuts)],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    availability({ atLeast: 0.99 }),
    nothingHangs({ atMost: 0.005 }),
    // A pause that is doubled for each failure of a client's life, and never begins anew, is six seconds long by then.
    ...keepsItsWord({}, { marksWithin: seconds(2.5) }),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
