import { availability, killRandom, latency, milliseconds, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { operators } from "./storefront/operators.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

export default scenario({
  name: "workers are killed at random while what they talk to is slow, and some orders can never be fulfilled",
  expects:
    "what a dead worker had in hand is done by another one, once; what can't be done is buried, and delays nobody",
  tags: ["full", "crash", "async"],
  system: storefront(),
  workload: [
    shoppers({ perSecond: 60, doing: { browse: 40, search: 5, reprice: 15, buy: 40 } }),
    operators({ perSecond: 3 }),
  ],
  phases: { warmUp, steady: seconds(3), faults: seconds(9), recovery: seconds(6) },
  // Slow, so that a job is in every one of its steps for long enough to be killed in it.
  faults: (random) => [
    { at: seconds(0.2), lasting: seconds(8.5), inject: latency("worker->postgres", { latency: milliseconds(40) }) },
    { at: seconds(0.2), lasting: seconds(8.5), inject: latency("worker->queue", { latency: milliseconds(40) }) },
    // A worker is up about a second after its restart.
    ...killRandom({
      every: milliseconds(400),
      among: ["worker"],
      within: seconds(8.5),
      down: milliseconds(300),
      settle: seconds(1.6),
    })(random),
  ],
  audit: ledger(),
  // A job that a killed worker had in hand is looked for every 2.5 s, and must have been missed twice.
  restWithin: seconds(12),
  checks: [
    availability({ atLeast: 0.99, operations: ["browse", "buy"] }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
