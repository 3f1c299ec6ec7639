import { availability, flapping, milliseconds, nothingHangs, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

/** As short as can be proven on a busy machine, so that there are many: each meets the connections that were made since the last. */
const silences = {
  within: seconds(13.5),
  cuts: 11,
  by: "partition",
  shortest: milliseconds(600),
  longest: milliseconds(700),
} as const;

export default scenario({
  name: "the links to the database flap: eleven short silences each, while customers browse and buy",
  expects:
    "what a silence breaks is refused, or done later and once, and pools have as many connections to lend as before",
  tags: ["full", "network", "database"],
  system: storefront(),
  workload: shoppers({ perSecond: 90, doing: { browse: 40, search: 4, reprice: 28, buy: 28 } }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(13.8), recovery: seconds(5) },
  // A pool that loses one or two of what it lends to each silence for good has none left in the end.
  faults: [flapping("api->postgres", silences), flapping("worker->postgres", silences)],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    // Half of the time there is no database for changes and orders, nor for what was changed and is not cached.
    availability({ atLeast: 0.5 }),
    nothingHangs({ atMost: 0.005 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
