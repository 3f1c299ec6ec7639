import {
  availability,
  nothingHangs,
  postgresKick,
  postgresLoginDenied,
  recoversWithin,
  redisDenied,
  scenario,
  seconds,
} from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "credentials are revoked at the stores: the cache's, and the index's while its connections are closed",
  expects: "reads go to the database, searches to copies or are refused, and all is well when they are valid again",
  tags: ["full", "human", "access"],
  system: storefront(),
  workload: shoppers({ perSecond: 80 }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(7), recovery: seconds(6) },
  faults: [
    { at: seconds(0.3), lasting: seconds(3), inject: redisDenied("cache") },
    { at: seconds(3), lasting: seconds(3), inject: postgresLoginDenied("search") },
    // Begins before: whoever loses a connection then gets none.
    { at: seconds(2.7), lasting: seconds(0.8), inject: postgresKick("search") },
  ],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    availability({ atLeast: 0.98, operations: ["browse", "reprice", "buy"] }),
    nothingHangs({ atMost: 0.005 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
