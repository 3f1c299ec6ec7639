import {
  availability,
  nothingHangs,
  pause,
  recoversWithin,
  redisBlock,
  redisPause,
  scenario,
  seconds,
} from "faultline";
import { keepsItsWord, marksGoOff, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "the cache server itself is slow: blocked by slow commands, refusing writes, and then frozen",
  expects: "reads turn to the database in time, and what the cache missed meanwhile it learns later",
  tags: ["full", "cache"],
  system: storefront(),
  workload: shoppers({ perSecond: 80 }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(8), recovery: seconds(6) },
  faults: [
    { at: seconds(0.3), lasting: seconds(2), inject: redisBlock("cache") },
    { at: seconds(2.8), lasting: seconds(2), inject: redisPause("cache", { what: "writes" }) },
    { at: seconds(5.3), lasting: seconds(2), inject: pause("cache") },
  ],
  audit: ledger(),
  checks: [
    availability({ atLeast: 0.98 }),
    nothingHangs({ atMost: 0.005 }),
    ...keepsItsWord({}, marksGoOff),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
