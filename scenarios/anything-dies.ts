import { killRandom, milliseconds, recoversWithin, scenario, seconds } from "faultline";
import { impatient } from "./storefront/impatient.ts";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "anything at all is killed at random, one after the other",
  expects: "what was accepted is kept and done once, nobody is told what is untrue, and all is well soon after",
  tags: ["full", "crash"],
  system: storefront(),
  workload: [shoppers({ perSecond: 80 }), impatient({ perSecond: 5 })],
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(14), recovery: seconds(9) },
  faults: killRandom({
    every: milliseconds(400),
    among: ["api", "worker", "postgres", "cache", "search", "queue"],
    within: seconds(13),
    down: milliseconds(600),
    settle: seconds(1.6),
  }),
  audit: ledger(),
  restWithin: seconds(12),
  // How much of the service that costs depends on whom the seed picks; what must hold does not.
  checks: [...keepsItsWord(), ...tellsTheTruth(), recoversWithin(seconds(5))],
});
