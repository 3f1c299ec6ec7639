import { availability, milliseconds, recoversWithin, rollingRestart, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "a new release is rolled out: one process after the other is asked to end, and comes back",
  expects: "who is asked to end finishes what it has in hand, and tells newcomers to go elsewhere",
  tags: ["full", "human"],
  system: storefront(),
  workload: shoppers({ perSecond: 80 }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(12), recovery: seconds(5) },
  faults: rollingRestart(["api-1", "worker-1", "api-2", "worker-2"], {
    at: seconds(0.3),
    down: milliseconds(900),
    between: milliseconds(1900),
    grace: seconds(2),
  }),
  audit: ledger(),
  checks: [
    // Clients stay with their API, and have none for the two seconds that each is away.
    availability({ atLeast: 0.75 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
