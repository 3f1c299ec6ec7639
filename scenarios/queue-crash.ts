import { availability, kill, pause, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "the queue crashes with a backlog, because the workers had stopped before",
  expects: "orders are accepted all the time, and each is fulfilled once when all are back",
  tags: ["gate", "full", "crash", "async"],
  system: storefront(),
  workload: shoppers({ perSecond: 80, doing: { browse: 50, search: 5, reprice: 15, buy: 30 } }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(7), recovery: seconds(7) },
  faults: [
    { at: seconds(0.3), lasting: seconds(5.5), inject: pause("worker-1") },
    { at: seconds(3), lasting: seconds(1.5), inject: kill("queue") },
  ],
  audit: ledger(),
  restWithin: seconds(20),
  checks: [
    // Nobody who buys waits for the queue.
    availability({ atLeast: 0.99 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
