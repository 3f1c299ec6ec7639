import { availability, kill, nothingHangs, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

export default scenario({
  name: "the database is killed while customers browse and prices change",
  expects: "the cache goes on serving, changes and orders are refused honestly, and nothing acknowledged is lost",
  tags: ["gate", "full", "crash"],
  system: storefront(),
  workload: shoppers({ perSecond: 120 }),
  phases: { warmUp, steady: seconds(3), faults: seconds(7), recovery: seconds(5) },
  faults: [{ at: seconds(1), lasting: seconds(4), inject: kill("postgres") }],
  audit: ledger(),
  checks: [
    // Four seconds without changes and orders, a fifth of the operations, and without what the cache lacks: its
    // entries live for 30 s, and those of changed products are gone. The policy write-back refuses only the orders.
    // A container is back half a second later than a process: 83.4 % there, and 0.82 was too near to tell.
    availability({ atLeast: 0.8 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    // A refusal comes within 900 ms, and patience lasts for a second: few are as late as a busy machine makes them.
    nothingHangs({ atMost: 0.005 }),
    recoversWithin(seconds(3)),
  ],
});
