import {
  availability,
  nothingHangs,
  postgresExhaustion,
  postgresKick,
  recoversWithin,
  redisMaxClients,
  scenario,
  seconds,
} from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "there are no connections left, at the database and at the cache, for whoever loses theirs",
  expects: "who has a connection goes on, who has none is refused in time, and all have theirs again soon",
  tags: ["full", "database", "cache"],
  system: storefront(),
  workload: shoppers({ perSecond: 80 }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(7), recovery: seconds(6) },
  faults: [
    { at: seconds(0.3), lasting: seconds(2.5), inject: redisMaxClients("cache") },
    { at: seconds(3), lasting: seconds(3), inject: postgresExhaustion("postgres") },
    // Begins before: whoever loses a connection then gets none.
    { at: seconds(2.7), lasting: seconds(0.8), inject: postgresKick("postgres") },
  ],
  audit: ledger(),
  checks: [
    availability({ atLeast: 0.75 }),
    nothingHangs({ atMost: 0.005 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
