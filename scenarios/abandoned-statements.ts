import { nothingHangs, postgresLock, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

export default scenario({
  name: "the table of products is held for longer than anyone waits for it",
  expects:
    "a statement ends with its caller's patience: none goes on waiting in the database with a session of its own",
  tags: ["full", "database"],
  system: storefront(),
  workload: shoppers({ perSecond: 80, doing: { browse: 50, search: 5, reprice: 30, buy: 15 } }),
  phases: { warmUp, steady: seconds(3), faults: seconds(7), recovery: seconds(6) },
  faults: [{ at: seconds(0.3), lasting: seconds(6), inject: postgresLock("postgres", { table: "products" }) }],
  audit: ledger(),
  checks: [
    nothingHangs({ atMost: 0.02 }),
    ...keepsItsWord({ statementsWithin: seconds(2) }),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
