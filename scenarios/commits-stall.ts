import { availability, nothingHangs, postgresCommitStall, recoversWithin, scenario, seconds } from "faultline";
import { impatient } from "./storefront/impatient.ts";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "the database's commits stall while reads go on",
  expects: "changes are refused in time, and what turns out to be committed after all is not done twice",
  tags: ["full", "database"],
  system: storefront(),
  workload: [shoppers({ perSecond: 80 }), impatient({ perSecond: 5 })],
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(7), recovery: seconds(6) },
  faults: [{ at: seconds(0.5), lasting: seconds(5), inject: postgresCommitStall("postgres") }],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    availability({ atLeast: 0.95, operations: ["browse", "search"] }),
    nothingHangs({ atMost: 0.005, operations: ["browse", "search", "reprice", "buy"] }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
