import { availability, nothingHangs, postgresLock, recoversWithin, retriesEnd, scenario, seconds } from "faultline";
import { campaignOrders } from "./storefront/campaign.ts";
import { insistent } from "./storefront/insistent.ts";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

export default scenario({
  name: "a migration holds the table of orders, in a rush of them, and then that of the outbox",
  expects:
    "who needs the table is refused in time, and served soon after; pools stay as large as stated, nothing is half done",
  tags: ["gate", "full", "database", "human"],
  system: storefront(),
  workload: [
    shoppers({ perSecond: 100, doing: { browse: 60, search: 5, reprice: 15, buy: 20 } }),
    insistent({ perSecond: 5, forSeconds: 10 }),
  ],
  phases: { warmUp, steady: seconds(3), faults: seconds(8.2), recovery: seconds(5) },
  // Each longer than a statement may take.
  faults: [
    { at: seconds(0.3), lasting: seconds(4), inject: postgresLock("postgres", { table: "orders" }) },
    { at: seconds(0.6), lasting: seconds(3.4), inject: campaignOrders() },
    { at: seconds(5), lasting: seconds(2.8), inject: postgresLock("postgres", { table: "outbox" }) },
  ],
  audit: ledger(),
  checks: [
    // Waiting statements fill the pools that reads need, too, as long as each is waited for.
    availability({ atLeast: 0.6, operations: ["browse", "search", "reprice", "buy"] }),
    // A connection that nobody uses is closed after 5 s: what it still held would be free then, and not before.
    retriesEnd({ operations: ["insistToTheEnd"], within: seconds(3) }),
    nothingHangs({ atMost: 0.005 }),
    ...keepsItsWord({ statementsWithin: seconds(2) }),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
