import { availability, latency, milliseconds, recoversWithin, redisAmnesia, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

export default scenario({
  name: "the queue forgets all jobs that it took, while dozens wait there for workers that are far from the database",
  expects: "what was lost is found out without the queue, sent again and done, and nothing is done twice",
  tags: ["full", "async"],
  // By default what is lost is looked for after a minute, when this run is long over.
  system: storefront({ republishAfterSeconds: 3 }),
  workload: shoppers({ perSecond: 80, doing: { browse: 40, search: 5, reprice: 20, buy: 35 } }),
  phases: { warmUp, steady: seconds(3), faults: seconds(6), recovery: seconds(6) },
  faults: [
    // A job takes seven trips, and 28 orders come in each second: the workers do less than 20.
    { at: seconds(0.2), lasting: seconds(5.2), inject: latency("worker->postgres", { latency: milliseconds(120) }) },
    { at: seconds(4.4), lasting: seconds(0.7), inject: redisAmnesia("queue") },
  ],
  audit: ledger(),
  // What was lost with the second sending, too, is sent a third time.
  restWithin: seconds(12),
  checks: [
    // Nobody who buys waits for the queue.
    availability({ atLeast: 0.99 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
