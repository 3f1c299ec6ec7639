import {
  availability,
  nothingHangs,
  postgresReadOnly,
  recoversWithin,
  redisReadOnly,
  scenario,
  seconds,
} from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "after failovers the database takes no writes, and then the queue takes none",
  expects: "reads go on, changes are refused honestly, orders wait for the queue, and nothing is lost",
  tags: ["full", "database", "async"],
  system: storefront(),
  workload: shoppers({ perSecond: 80 }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(7), recovery: seconds(6) },
  faults: [
    { at: seconds(0.3), lasting: seconds(3), inject: postgresReadOnly("postgres") },
    { at: seconds(3.8), lasting: seconds(2.5), inject: redisReadOnly("queue") },
  ],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    availability({ atLeast: 0.99, operations: ["browse", "search"] }),
    nothingHangs({ atMost: 0.005 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
