import { authFailsClosed, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { operators } from "./storefront/operators.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { strangers } from "./storefront/strangers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "customers browse and buy, strangers knock, and nothing breaks: what `explore` breaks things in",
  expects:
    "whatever breaks, what was accepted is kept and done once, whoever is answered is told the truth, and it heals",
  tags: ["explore"],
  system: storefront(),
  // All paths at once: reading, writing, searching, what is done later, and access.
  // More is bought and changed than elsewhere: only what is under way when something breaks can be lost.
  workload: [
    shoppers({ perSecond: 80, doing: { browse: 60, search: 6, reprice: 14, buy: 20 } }),
    strangers({ perSecond: 16 }),
    operators({ perSecond: 2 }),
  ],
  phases: { warmUp: seconds(1), steady: seconds(2), faults: seconds(6), recovery: seconds(5) },
  faults: [],
  audit: ledger(),
  restWithin: seconds(12),
  // Only laws that hold under every fault: how much of the service a fault may cost depends on the fault.
  checks: [
    ...keepsItsWord(),
    ...tellsTheTruth(),
    authFailsClosed({ revokedWithin: seconds(10) }),
    recoversWithin(seconds(4)),
  ],
});
