import { availability, kill, noLostWrites, noStaleReads, pause, recoversWithin, scenario, seconds } from "faultline";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "worker, database and queue go away one after another while customers browse and buy",
  expects: "honest refusals while the database is away; every order that was accepted is there in the end",
  tags: ["crash"],
  system: storefront(),
  workload: shoppers({ perSecond: 120 }),
  phases: { warmUp: seconds(2), steady: seconds(4), faults: seconds(9), recovery: seconds(8) },
  faults: [
    { at: seconds(0.5), lasting: seconds(2), inject: kill("worker") },
    { at: seconds(3), lasting: seconds(2), inject: kill("postgres") },
    { at: seconds(6), lasting: seconds(2), inject: pause("queue") },
  ],
  audit: ledger(),
  checks: [
    // Two seconds without a database in seventeen: writes and orders are refused, and reads that the cache lacks.
    availability({ atLeast: 0.9 }),
    noLostWrites(),
    noStaleReads({ within: seconds(2), operations: ["browse"] }),
    recoversWithin(seconds(4)),
  ],
});
