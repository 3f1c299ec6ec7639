import {
  availability,
  kill,
  milliseconds,
  partition,
  postgresLock,
  recoversWithin,
  retriesEnd,
  scenario,
  seconds,
} from "faultline";
import { insistent } from "./storefront/insistent.ts";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

export default scenario({
  name: "an API is killed in the middle of orders, the database's answers are lost, and customers insist",
  expects: "who insists with the key of an order is served in the end, once, and is never sent away for ever",
  tags: ["full", "crash", "database"],
  system: storefront(),
  workload: [
    shoppers({ perSecond: 60, doing: { browse: 50, search: 5, reprice: 15, buy: 30 } }),
    insistent({ perSecond: 2, forSeconds: 10 }),
  ],
  phases: { warmUp, steady: seconds(3), faults: seconds(6), recovery: seconds(7) },
  faults: [
    // Commits are made, and their answers do not come: some keys are taken, and the customers do not know.
    { at: seconds(0.3), lasting: seconds(1.5), inject: partition("api->postgres", { direction: "replies" }) },
    { at: seconds(1.2), lasting: milliseconds(600), inject: kill("api-1") },
    { at: seconds(3), lasting: seconds(1), inject: kill("postgres") },
    { at: seconds(3.8), lasting: milliseconds(600), inject: kill("api-2") },
    // Whatever an order does before it is in its table is done, and the order is not.
    { at: seconds(4.7), lasting: seconds(1.2), inject: postgresLock("postgres", { table: "orders" }) },
  ],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    retriesEnd({ operations: ["insistToTheEnd"], within: seconds(3) }),
    availability({ atLeast: 0.5, operations: ["browse", "search", "reprice", "buy"] }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
