import {
  availability,
  kill,
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
import { storefront, warmUp } from "./storefront/system.ts";

export default scenario({
  name: "the queue is full, and crashes, with a backlog and jobs in hand: one worker is frozen, one far from the database",
  expects:
    "orders are accepted all the time, what is in the queue stays there, and each is fulfilled once when all are back",
  tags: ["gate", "full", "crash", "async"],
  system: storefront(),
  workload: shoppers({ perSecond: 80, doing: { browse: 50, search: 5, reprice: 15, buy: 30 } }),
  phases: { warmUp, steady: seconds(3), faults: seconds(11), recovery: seconds(5) },
  faults: [
    // A job takes seven trips: one worker can't keep up, eight jobs are always in hand and more wait.
    { at: seconds(0.2), lasting: seconds(6.2), inject: latency("worker->postgres", { latency: milliseconds(80) }) },
    { at: seconds(0.6), lasting: seconds(6), inject: pause("worker-1") },
    { at: seconds(2), lasting: seconds(1.7), inject: redisMemoryFull("queue") },
    // Longer than the five seconds for which a worker has a job to itself: what it did meanwhile, it can't say in time.
    { at: seconds(4.9), lasting: seconds(5.7), inject: kill("queue") },
  ],
  audit: ledger(),
  // A job that nobody said was done is looked for every 2.5 s, and must have been missed twice.
  restWithin: seconds(12),
  checks: [
    // Nobody who buys waits for the queue.
    availability({ atLeast: 0.99 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
