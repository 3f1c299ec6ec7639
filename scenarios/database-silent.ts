import {
  availability,
  nothingHangs,
  nothingLeftBehind,
  partition,
  pause,
  recoversWithin,
  scenario,
  seconds,
} from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "the database is frozen, and then out of reach, and closes no connection",
  expects: "who needs it is refused in time, the cache goes on serving, and all is well as soon as it answers again",
  tags: ["gate", "full", "database"],
  system: storefront(),
  workload: shoppers({ perSecond: 100 }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(8), recovery: seconds(8) },
  // Three times as long as anybody may wait: whoever waits for ever has used up what the pools have before the end. One
  // that was frozen answers late what nobody waits for any more; one that was cut off never does.
  faults: [
    { at: seconds(0.3), lasting: seconds(3), inject: pause("postgres") },
    { at: seconds(4.3), lasting: seconds(3), inject: partition("api->postgres") },
  ],
  audit: ledger(),
  checks: [
    // Six of twenty seconds without changes and orders, a fifth of the operations, and what the cache lacks.
    availability({ atLeast: 0.8 }),
    // A refusal comes within 900 ms, and patience lasts for a second: few are as late as a busy machine makes them.
    nothingHangs({ atMost: 0.005 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
    nothingLeftBehind(),
  ],
});
