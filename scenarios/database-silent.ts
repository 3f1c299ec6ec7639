import {
  availability,
  latency,
  milliseconds,
  nothingHangs,
  nothingLeftBehind,
  partition,
  recoversWithin,
  scenario,
  seconds,
} from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

export default scenario({
  name: "the database becomes so slow that transactions are given up in the middle, and then falls silent",
  expects:
    "who needs it is refused in time, nothing of what was refused is done, and all is well when it answers again",
  tags: ["full", "database"],
  system: storefront(),
  workload: shoppers({ perSecond: 90, doing: { browse: 54, search: 4, reprice: 14, buy: 28 } }),
  phases: { warmUp, steady: seconds(3), faults: seconds(9), recovery: seconds(6) },
  faults: [
    // An order takes seven trips, and is given up when it has made four: in the middle of its transaction.
    { at: seconds(0.3), lasting: seconds(4), inject: latency("api->postgres", { latency: milliseconds(110) }) },
    // Whoever waits for ever has used up what the pools have before the end.
    { at: seconds(5.8), lasting: seconds(3), inject: partition("api->postgres") },
  ],
  audit: ledger(),
  checks: [
    // Seven of seventeen seconds without changes and orders, two fifths of the operations, and what the cache lacks.
    availability({ atLeast: 0.7 }),
    // A refusal comes within 900 ms, and patience lasts for a second: few are as late as a busy machine makes them.
    nothingHangs({ atMost: 0.005 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
    nothingLeftBehind(),
  ],
});
