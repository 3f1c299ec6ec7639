import { availability, noLostWrites, partition, scenario, seconds } from "faultline";
import { ledger } from "../storefront/ledger.ts";
import { shoppers } from "../storefront/shoppers.ts";
import { storefront } from "../storefront/system.ts";

export default scenario({
  name: "the canary: all customers are cut off from the shop, and are said to notice nothing",
  expects: "a failure: whoever sees this pass has a harness that breaks nothing, measures nothing, or judges nothing",
  tags: ["canary"],
  system: storefront(),
  workload: shoppers({ perSecond: 80 }),
  phases: { warmUp: seconds(1), steady: seconds(2), faults: seconds(2.5), recovery: seconds(2) },
  faults: [{ at: seconds(0.3), lasting: seconds(2), inject: partition("clients->api") }],
  audit: ledger(),
  checks: [availability({ atLeast: 0.99 }), noLostWrites()],
});
