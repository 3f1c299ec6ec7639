import {
  availability,
  errorBudget,
  kill,
  latency,
  milliseconds,
  nothingHangs,
  recoversWithin,
  scenario,
  seconds,
} from "faultline";
import { keepsItsWord, marksGoOff, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

export default scenario({
  name: "the cache is killed in a rush on a few products, while the database is far away",
  expects: "the database is asked once for what everybody wants at the same time, and everybody gets it in time",
  tags: ["gate", "full", "cache"],
  system: storefront(),
  workload: shoppers({ perSecond: 300, products: 6, doing: { browse: 97, search: 1, reprice: 1, buy: 1 } }),
  phases: { warmUp, steady: seconds(3), faults: seconds(7), recovery: seconds(5) },
  // A read takes long enough for a dozen others to come for the same product meanwhile: each asking for itself would be
  // twice what an API lets through to the database at once.
  faults: [
    { at: seconds(0.2), lasting: seconds(6.5), inject: latency("api->postgres", { latency: milliseconds(100) }) },
    { at: seconds(0.5), lasting: seconds(5), inject: kill("cache") },
  ],
  audit: ledger(),
  checks: [
    availability({ atLeast: 0.98 }),
    // A read takes 100 ms, and is as late as 300 ms only where it waits for others' reads.
    errorBudget({ burnAtMost: 4 }),
    nothingHangs({ atMost: 0.005 }),
    ...keepsItsWord({}, marksGoOff),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
