import { availability, clockSkew, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "the clock of one API is an hour ahead, and jumps back",
  expects: "nobody notices: what expires does so by a clock that nobody can set",
  tags: ["gate", "full", "clock"],
  system: storefront(),
  workload: shoppers({ perSecond: 120 }),
  phases: { warmUp: seconds(2), steady: seconds(3), faults: seconds(5), recovery: seconds(4.5) },
  faults: [{ at: seconds(0.3), lasting: seconds(4.5), inject: clockSkew("api", { by: seconds(3600) }), on: "one" }],
  audit: ledger(),
  checks: [availability({ atLeast: 0.99 }), ...keepsItsWord(), ...tellsTheTruth(), recoversWithin(seconds(3))],
});
