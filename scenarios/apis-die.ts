import { availability, killRandom, milliseconds, recoversWithin, scenario, seconds } from "faultline";
import { impatient } from "./storefront/impatient.ts";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "APIs are killed at random in the middle of orders, and customers press the button again",
  expects: "an order that was taken is kept though nobody lived to say so, and is taken once",
  tags: ["full", "crash"],
  system: storefront(),
  workload: [
    shoppers({ perSecond: 80, doing: { browse: 50, search: 5, reprice: 15, buy: 30 } }),
    impatient({ perSecond: 10 }),
  ],
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(9), recovery: seconds(6) },
  // One of two at a time; an API is up about a second after its restart.
  faults: killRandom({
    every: milliseconds(300),
    among: ["api"],
    within: seconds(8.5),
    down: milliseconds(300),
    settle: seconds(1.6),
  }),
  audit: ledger(),
  checks: [
    // Clients stay with their API: while one of the two is away, half of them have none.
    availability({ atLeast: 0.6, operations: ["browse", "search", "reprice", "buy"] }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
