import {
  authFailsClosed,
  availability,
  cacheAgrees,
  indexAgrees,
  latency,
  milliseconds,
  nothingHangs,
  nothingLeftBehind,
  noWrongAnswers,
  partition,
  recoversWithin,
  scenario,
  seconds,
} from "faultline";
import { keepsItsWord } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { strangers } from "./storefront/strangers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

export default scenario({
  name: "the database that knows the keys becomes slow, and then falls silent, while strangers knock",
  expects:
    "nobody without a valid key gets in, nothing is left of what was given up, and shoppers go on reading for a while",
  tags: ["gate", "full", "access", "database"],
  system: storefront(),
  workload: [
    shoppers({ perSecond: 90, doing: { browse: 54, search: 4, reprice: 14, buy: 28 } }),
    strangers({ perSecond: 36 }),
  ],
  // Longer than the ten seconds for which a key may still work after its end: for the last two there is none that does.
  phases: { warmUp, steady: seconds(3), faults: seconds(16.5), recovery: seconds(5) },
  faults: [
    // An order takes seven trips, and is given up when it has made four: in the middle of its transaction.
    { at: seconds(0.3), lasting: seconds(3.4), inject: latency("api->postgres", { latency: milliseconds(110) }) },
    // Callers that wait for ever have used up what the pools have before the end.
    { at: seconds(4.2), lasting: seconds(12), inject: partition("api->postgres") },
  ],
  audit: ledger(),
  checks: [
    // REVOCATION_SECONDS of the system, as it is by default.
    authFailsClosed({ revokedWithin: seconds(10) }),
    // For ten of the twenty-one seconds shoppers are told what the cache has, or a copy of what was read before, and
    // for two nothing at all, because their keys can't be checked any more.
    availability({ atLeast: 0.65, operations: ["browse", "search"] }),
    // No bound on staleness: an API that is cut off from Postgres can't learn that its cache is out of date.
    ...keepsItsWord(),
    noWrongAnswers(),
    cacheAgrees(),
    indexAgrees(),
    // A refusal comes within 900 ms, and patience lasts for a second: few are as late as a busy machine makes them.
    nothingHangs({ atMost: 0.005 }),
    recoversWithin(seconds(3)),
    nothingLeftBehind(),
  ],
});
