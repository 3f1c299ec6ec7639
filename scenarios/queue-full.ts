import {
  availability,
  latency,
  milliseconds,
  pause,
  recoversWithin,
  redisMemoryFull,
  scenario,
  seconds,
} from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "the queue's memory is full of jobs: one worker is frozen, the other far from the database",
  expects: "what is in the queue stays there, what is not waits where it came from, and each order is fulfilled once",
  tags: ["full", "async"],
  system: storefront(),
  workload: shoppers({ perSecond: 80, doing: { browse: 50, search: 5, reprice: 15, buy: 30 } }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(8), recovery: seconds(6) },
  faults: [
    // A job takes seven trips: one worker can't keep up, and jobs wait.
    { at: seconds(0.2), lasting: seconds(5), inject: latency("worker->postgres", { latency: milliseconds(80) }) },
    // Longer than the five seconds for which a worker has a job to itself: when it wakes up, another one has it, too.
    { at: seconds(1.2), lasting: seconds(6), inject: pause("worker-1") },
    { at: seconds(3), lasting: seconds(1.5), inject: redisMemoryFull("queue") },
  ],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [availability({ atLeast: 0.99 }), ...keepsItsWord(), ...tellsTheTruth(), recoversWithin(seconds(3))],
});
