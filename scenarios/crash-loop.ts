import { availability, crashLoop, recoversWithin, scenario, seconds, uncaughtException } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "a worker dies of each start, and an exception that nobody catches ends an API",
  expects: "the other worker does the work of both, the other API that of its customers, and each order is done once",
  tags: ["full", "crash"],
  system: storefront(),
  workload: shoppers({ perSecond: 70 }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(7), recovery: seconds(6) },
  faults: [
    { at: seconds(0.3), lasting: seconds(6), inject: crashLoop("worker-1", { every: seconds(0.7) }) },
    { at: seconds(2), lasting: seconds(1.5), inject: uncaughtException("api-2") },
  ],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    // Half of the clients have no API for the two or three seconds until theirs is back.
    availability({ atLeast: 0.8 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
