import {
  availability,
  latency,
  milliseconds,
  recoversWithin,
  redisNoQuorum,
  redisPause,
  scenario,
  seconds,
} from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "the queue is far away, holds writes back, and then has too few replicas to take any",
  expects: "customers notice nothing; every order waits for as long as it must, and is fulfilled once",
  tags: ["full", "async"],
  system: storefront(),
  workload: shoppers({ perSecond: 70, doing: { browse: 50, search: 5, reprice: 20, buy: 25 } }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(8), recovery: seconds(6) },
  faults: [
    {
      at: seconds(0.3),
      lasting: seconds(7),
      inject: latency("worker->queue", { latency: milliseconds(100), jitter: milliseconds(50) }),
    },
    { at: seconds(1), lasting: seconds(2), inject: redisPause("queue", { what: "writes" }) },
    { at: seconds(4), lasting: seconds(2), inject: redisNoQuorum("queue") },
  ],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    availability({ atLeast: 0.99, operations: ["browse", "reprice", "buy"] }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
