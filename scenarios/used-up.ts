import { availability, fileDescriptors, memoryLeak, memoryLimit, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "processes use up what they have: an API its file descriptors, workers their memory",
  expects: "who has nothing left refuses or ends, and the others go on",
  tags: ["full", "overload"],
  system: storefront(),
  workload: shoppers({ perSecond: 70 }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(7), recovery: seconds(6) },
  faults: [
    { at: seconds(0.3), lasting: seconds(6), inject: fileDescriptors("api-2", { spare: 2 }) },
    { at: seconds(0.3), lasting: seconds(6), inject: memoryLeak("worker-1", { perSecond: 40, atMost: 200 }) },
    { at: seconds(0.3), lasting: seconds(6), inject: memoryLimit("worker-2", { spare: 200 }) },
  ],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [availability({ atLeast: 0.95 }), ...keepsItsWord(), ...tellsTheTruth(), recoversWithin(seconds(3))],
});
