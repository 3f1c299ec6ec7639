import { latency, milliseconds, nothingHangs, recoversWithin, scenario, seconds } from "faultline";
import { campaignLooks, campaignOrders } from "./storefront/campaign.ts";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

export default scenario({
  name: "another tenant's campaign orders, then asks for what no cache has, on more connections than a slow database has",
  expects:
    "pools stay as large as they were stated, who waits for a connection is answered, and what was accepted is kept",
  tags: ["full", "overload", "database"],
  system: storefront(),
  workload: shoppers({ perSecond: 60 }),
  phases: { warmUp, steady: seconds(3), faults: seconds(8), recovery: seconds(6) },
  faults: [
    // Connections are what there is too little of then, and not processors.
    { at: seconds(0.3), lasting: seconds(7), inject: latency("api->postgres", { latency: milliseconds(60) }) },
    { at: seconds(0.6), lasting: seconds(3), inject: campaignOrders() },
    { at: seconds(4.2), lasting: seconds(3), inject: campaignLooks() },
  ],
  audit: ledger(),
  // The campaign's orders are worked off, too.
  restWithin: seconds(30),
  checks: [
    // The rush takes processors, too: where there are few, some are answered late, and where callers wait for ever, most are.
    nothingHangs({ atMost: 0.1 }),
    ...keepsItsWord({ statementsWithin: seconds(2) }),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
