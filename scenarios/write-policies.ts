import {
  availability,
  kill,
  latency,
  milliseconds,
  noLostJobs,
  noLostWrites,
  noWrongAnswers,
  recoversWithin,
  redisAmnesia,
  scenario,
  seconds,
} from "faultline";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "the database is slow, then dead while the queue forgets everything, then the queue is dead: under three write policies",
  expects: "each policy pays elsewhere: with refused changes, with slow ones, or with changes that were acknowledged",
  tags: ["full", "crash"],
  system: storefront(),
  variants: {
    invalidate: storefront({ writePolicy: "invalidate" }),
    "write-through": storefront({ writePolicy: "write-through" }),
    "write-back": storefront({ writePolicy: "write-back" }),
  },
  // Mostly browsing and changing prices: what the policies are about.
  workload: shoppers({ perSecond: 100, skew: 0.4, doing: { browse: 62, search: 4, reprice: 30, buy: 4 } }),
  phases: { warmUp: seconds(1), steady: seconds(4), faults: seconds(12), recovery: seconds(6) },
  faults: [
    // Six trips of a change take 240 ms: slow, and inside its patience of 450 ms.
    { at: seconds(0.5), lasting: seconds(3), inject: latency("api->postgres", { latency: milliseconds(40) }) },
    { at: seconds(4), lasting: seconds(3), inject: kill("postgres") },
    // Two seconds after the database died: so much is in the buffer of write-back, and nowhere else.
    { at: seconds(6), lasting: seconds(0.5), inject: redisAmnesia("queue") },
    { at: seconds(8.5), lasting: seconds(3), inject: kill("queue") },
  ],
  audit: ledger(),
  // A job that nobody said was done is looked for every 2.5 s, and must have been missed twice.
  restWithin: seconds(12),
  checks: [
    // For a quarter of the faults no change is taken, under each policy at another time.
    availability({ atLeast: 0.85 }),
    // Two seconds of changes, 60 of some 700, are in the buffer when it is lost; the other policies lose nothing.
    noLostWrites({ atMost: 0.1 }),
    noLostJobs(),
    noWrongAnswers(),
    recoversWithin(seconds(3)),
    // Of a change that is lost the cache still tells, so that what it holds is no law here.
  ],
});
