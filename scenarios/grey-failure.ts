import { authFailsClosed, availability, nothingHangs, partition, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { strangers } from "./storefront/strangers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "each API has lost something else: one the database's replies, the other the cache",
  expects: "each does without what it has lost, neither tells what the other knows to be old, and nobody gets in",
  tags: ["full", "network", "access"],
  system: storefront(),
  workload: [shoppers({ perSecond: 80 }), strangers({ perSecond: 16 })],
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(7), recovery: seconds(6) },
  faults: [
    { at: seconds(0.3), lasting: seconds(5), inject: partition("api-1->postgres", { direction: "replies" }) },
    { at: seconds(0.6), lasting: seconds(5), inject: partition("api-2->cache") },
  ],
  audit: ledger(),
  checks: [
    availability({ atLeast: 0.75, operations: ["browse", "search", "reprice", "buy"] }),
    nothingHangs({ atMost: 0.01 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    authFailsClosed({ revokedWithin: seconds(10) }),
    recoversWithin(seconds(3)),
  ],
});
