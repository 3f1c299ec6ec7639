import { authFailsClosed, availability, nothingHangs, partition, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { strangers } from "./storefront/strangers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

export default scenario({
  name: "the API is cut off from the database that knows the keys while strangers knock",
  expects:
    "nobody without a valid key gets in, whoever cannot be told is refused, and shoppers go on reading for a while",
  tags: ["gate", "full", "access"],
  system: storefront(),
  workload: [shoppers({ perSecond: 80 }), strangers({ perSecond: 40 })],
  // Longer than the ten seconds for which a key may still work after its end: for the last two there is none that does.
  phases: { warmUp, steady: seconds(5), faults: seconds(13), recovery: seconds(8) },
  faults: [{ at: seconds(0.5), lasting: seconds(12), inject: partition("api->postgres") }],
  audit: ledger(),
  checks: [
    // REVOCATION_SECONDS of the system, as it is by default.
    authFailsClosed({ revokedWithin: seconds(10) }),
    // For ten of the twenty-one seconds shoppers are told what the cache has, or a copy of what was read before, and
    // for two nothing at all, because their keys can't be checked any more.
    availability({ atLeast: 0.65, operations: ["browse", "search"] }),
    // No bound on staleness: an API that is cut off from Postgres can't learn that its cache is out of date.
    ...keepsItsWord(),
    // A refusal comes within 900 ms, and patience lasts for a second: few are as late as a busy machine makes them.
    nothingHangs({ atMost: 0.005 }),
    recoversWithin(seconds(3)),
  ],
});
