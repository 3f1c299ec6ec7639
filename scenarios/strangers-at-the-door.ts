import { availability, noLostWrites, noStaleReads, partition, recoversWithin, scenario, seconds } from "faultline";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { strangers } from "./storefront/strangers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "the API is cut off from the database that knows the keys while strangers knock",
  expects: "nobody without a valid key gets in, whoever cannot be told is refused, and shoppers go on reading",
  tags: ["access"],
  system: storefront(),
  workload: [shoppers({ perSecond: 80 }), strangers({ perSecond: 24 })],
  // Longer than the ten seconds for which a key may still work after its end: the last of the cut is without any.
  phases: { warmUp: seconds(2), steady: seconds(5), faults: seconds(13), recovery: seconds(8) },
  faults: [{ at: seconds(0.5), lasting: seconds(12), inject: partition("api->postgres") }],
  audit: ledger(),
  checks: [
    availability({ atLeast: 0.6 }),
    noLostWrites(),
    noStaleReads({ within: seconds(2), operations: ["browse"] }),
    recoversWithin(seconds(3)),
  ],
});
