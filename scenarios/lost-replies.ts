import { availability, milliseconds, recoversWithin, repeated, reset, scenario, seconds } from "faultline";
import { impatient } from "./storefront/impatient.ts";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "connections to the database break again and again, with replies under way",
  expects: "what was committed without anybody hearing of it is found out, and nothing is done twice",
  tags: ["gate", "full", "database"],
  system: storefront(),
  // Mostly changes and orders: one of their commits is under way in most of the moments in which connections break.
  workload: [
    shoppers({ perSecond: 110, doing: { browse: 30, search: 5, reprice: 25, buy: 40 } }),
    impatient({ perSecond: 10 }),
  ],
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(9), recovery: seconds(6) },
  // Short, so that a second try finds the database there again; a new one every 700 ms.
  faults: repeated(
    { at: seconds(0.3), lasting: milliseconds(200), inject: reset("api->postgres") },
    { every: milliseconds(700), times: 12 },
  ),
  audit: ledger(),
  checks: [
    // A third of the time of the faults there is no connection, and what had one when it broke is refused.
    availability({ atLeast: 0.75 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
