import { availability, pause, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "an API and a worker are frozen in the middle of what they do, and go on as if nothing had been",
  expects: "what they do when they wake up undoes nothing that happened meanwhile, and is not done twice",
  tags: ["full", "async", "cache"],
  system: storefront(),
  workload: shoppers({ perSecond: 100, products: 10, doing: { browse: 50, search: 2, reprice: 28, buy: 20 } }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(9), recovery: seconds(6) },
  faults: [
    // Longer than the five seconds for which a worker has a job to itself.
    { at: seconds(0.3), lasting: seconds(7), inject: pause("worker-1") },
    { at: seconds(1), lasting: seconds(1.5), inject: pause("api-1") },
    { at: seconds(4), lasting: seconds(1.5), inject: pause("api-2") },
  ],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    // Half of the clients have no API for three seconds.
    availability({ atLeast: 0.75 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
