import {
  authFailsClosed,
  availability,
  flapping,
  milliseconds,
  nothingHangs,
  partition,
  recoversWithin,
  refuse,
  scenario,
  seconds,
} from "faultline";
import { keepsItsWord, marksGoOff, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { strangers } from "./storefront/strangers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

export default scenario({
  name: "the index is out of reach while prices change, and the link to the cache flaps",
  expects:
    "searches are answered from copies that say so, or refused; each sees only their own shop's; the index catches up",
  tags: ["gate", "full", "search"],
  system: storefront(),
  // Few enough that most of what is searched for was searched for before, many enough that not all change again after.
  workload: [
    shoppers({ perSecond: 90, products: 60, doing: { browse: 45, search: 35, reprice: 12, buy: 8 } }),
    strangers({ perSecond: 28 }),
  ],
  phases: { warmUp, steady: seconds(3), faults: seconds(9), recovery: seconds(6) },
  faults: [
    { at: seconds(0.3), lasting: seconds(8), inject: partition("api->search") },
    { at: seconds(0.3), lasting: seconds(8), inject: refuse("worker->search") },
    // A client that counts its attempts for all its life has none left before the last cut. One that waits longer after each
    // waits for six seconds by then, though reads do well without the cache.
    flapping("api->cache", { within: seconds(8.5), cuts: 8, shortest: milliseconds(400), longest: milliseconds(600) }),
  ],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    availability({ atLeast: 0.98, operations: ["browse", "reprice", "buy"] }),
    nothingHangs({ atMost: 0.005 }),
    ...keepsItsWord({}, marksGoOff),
    ...tellsTheTruth(),
    authFailsClosed({ revokedWithin: seconds(10) }),
    recoversWithin(seconds(4)),
  ],
});
