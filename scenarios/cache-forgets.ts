import {
  availability,
  latency,
  milliseconds,
  nothingHangs,
  recoversWithin,
  redisAmnesia,
  repeated,
  scenario,
  seconds,
} from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "the cache forgets everything, again and again, in a rush on a few products, with a database that is slow",
  expects: "the database is asked once for what everybody wants, and everybody gets it in time",
  tags: ["gate", "full", "cache"],
  system: storefront(),
  workload: shoppers({ perSecond: 300, products: 10, doing: { browse: 97, search: 1, reprice: 1, buy: 1 } }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(7), recovery: seconds(5) },
  // A read of the database takes long enough for dozens of others to come for the same product meanwhile.
  faults: [
    { at: seconds(0.2), lasting: seconds(6.5), inject: latency("api->postgres", { latency: milliseconds(150) }) },
    ...repeated(
      { at: seconds(0.6), lasting: milliseconds(150), inject: redisAmnesia("cache") },
      { every: milliseconds(600), times: 10 },
    ),
  ],
  audit: ledger(),
  checks: [
    availability({ atLeast: 0.97 }),
    nothingHangs({ atMost: 0.005 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
