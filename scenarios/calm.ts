import {
  availability,
  errorBudget,
  latencyWithin,
  milliseconds,
  nothingHangs,
  nothingLeftBehind,
  scenario,
  seconds,
} from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "nothing breaks while customers browse and buy",
  expects:
    "everything works: whoever finds a failure here has found it in the shop, the machine or the harness, not in a fault",
  tags: ["control", "full"],
  system: storefront(),
  workload: shoppers({ perSecond: 120 }),
  phases: { warmUp: seconds(2), steady: seconds(3), faults: seconds(4), recovery: seconds(3) },
  faults: [],
  audit: ledger(),
  checks: [
    availability({ atLeast: 0.995 }),
    errorBudget({ burnAtMost: 1 }),
    latencyWithin({ p95: milliseconds(200) }),
    nothingHangs({ atMost: 0.002 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    nothingLeftBehind(),
  ],
});
