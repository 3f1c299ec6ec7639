import { availability, milliseconds, partition, recoversWithin, repeated, scenario, seconds } from "faultline";
import { impatient } from "./storefront/impatient.ts";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "the database's replies are lost again and again, and the connections with them",
  expects: "what was committed without anybody hearing of it is found out, and nothing is done twice",
  tags: ["gate", "full", "database"],
  system: storefront(),
  // Mostly changes and orders: one of their commits is under way in most of the moments in which connections break.
  workload: [
    shoppers({ perSecond: 110, doing: { browse: 30, search: 5, reprice: 25, buy: 40 } }),
    impatient({ perSecond: 10 }),
  ],
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(9), recovery: seconds(6) },
  // What was sent is done, and nobody hears of it. Short, so that a second try finds the database there again.
  faults: repeated(
    { at: seconds(0.3), lasting: milliseconds(400), inject: partition("api->postgres", { direction: "replies" }) },
    { every: seconds(1.1), times: 8 },
  ),
  audit: ledger(),
  checks: [
    // Two fifths of the time of the faults nobody hears from the database, and half of the operations need it.
    availability({ atLeast: 0.75 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
