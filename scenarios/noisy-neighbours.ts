import { availability, cpuLimit, eventLoopBlock, milliseconds, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "processes get too little of the processor: one API blocks itself, one worker and the cache are throttled",
  expects: "everything is slower; deadlines that fire late break nothing",
  tags: ["full", "overload"],
  system: storefront(),
  workload: shoppers({ perSecond: 60 }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(7), recovery: seconds(5) },
  faults: [
    {
      at: seconds(0.3),
      lasting: seconds(6),
      inject: eventLoopBlock("api-1", { blockedFor: milliseconds(120), every: milliseconds(240) }),
    },
    { at: seconds(0.3), lasting: seconds(6), inject: cpuLimit("worker-1", { share: 0.15 }) },
    { at: seconds(0.3), lasting: seconds(6), inject: cpuLimit("cache", { share: 0.1 }) },
  ],
  audit: ledger(),
  checks: [availability({ atLeast: 0.9 }), ...keepsItsWord(), ...tellsTheTruth(), recoversWithin(seconds(3))],
});
