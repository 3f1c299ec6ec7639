import { availability, milliseconds, partition, recoversWithin, repeated, reset, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "workers lose the queue in the middle of jobs, and then the database",
  expects: "customers notice nothing; what was done is not done again, and what was not is done later",
  tags: ["full", "async"],
  system: storefront(),
  workload: shoppers({ perSecond: 70, doing: { browse: 45, search: 5, reprice: 20, buy: 30 } }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(9), recovery: seconds(6) },
  faults: [
    { at: seconds(0.3), lasting: seconds(3), inject: partition("worker->queue", { direction: "replies" }) },
    ...repeated(
      { at: seconds(3.8), lasting: milliseconds(300), inject: reset("worker->queue") },
      { every: milliseconds(900), times: 2 },
    ),
    { at: seconds(5.6), lasting: seconds(3), inject: partition("worker->postgres", { direction: "replies" }) },
  ],
  audit: ledger(),
  // A job's lock lasts for five seconds, and a job without one is looked for every 2.5 s, twice.
  restWithin: seconds(12),
  checks: [
    availability({ atLeast: 0.99, operations: ["browse", "reprice", "buy"] }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
