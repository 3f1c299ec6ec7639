import { availability, cutWhile, milliseconds, nothingHangs, recoversWithin, scenario, seconds } from "faultline";
import { impatient } from "./storefront/impatient.ts";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { moments } from "./storefront/moments.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

const often = { times: 6, every: milliseconds(400) } as const;
/** For as long as six cuts take, and one more moment. */
const lasting = seconds(2.6);
const first = seconds(0.3);
const second = seconds(3.3);
const third = seconds(6.3);

export default scenario({
  name: "connections are cut while a commit, a cache fill, an invalidation, an acknowledgement is under way",
  expects: "what was done without a reply is found out, what was not done is done later, and nothing is done twice",
  tags: ["full", "network"],
  system: storefront(),
  // Mostly orders and changes, as they are what commits, invalidates and is acknowledged.
  workload: [
    shoppers({ perSecond: 70, doing: { browse: 40, search: 5, reprice: 25, buy: 30 } }),
    impatient({ perSecond: 6 }),
  ],
  phases: { warmUp, steady: seconds(3), faults: seconds(9.2), recovery: seconds(6) },
  faults: [
    { at: first, lasting, inject: cutWhile("api->postgres", { sends: moments.commit, lose: "reply", ...often }) },
    { at: first, lasting, inject: cutWhile("worker->queue", { sends: moments.orderDone, lose: "reply", ...often }) },
    { at: first, lasting, inject: cutWhile("api->cache", { sends: moments.tombstone, lose: "request", ...often }) },
    { at: second, lasting, inject: cutWhile("worker->postgres", { sends: moments.commit, lose: "reply", ...often }) },
    { at: second, lasting, inject: cutWhile("worker->queue", { sends: moments.indexed, lose: "request", ...often }) },
    { at: second, lasting, inject: cutWhile("api->cache", { sends: moments.fill, lose: "reply", ...often }) },
    { at: third, lasting, inject: cutWhile("api->postgres", { sends: moments.commit, lose: "request", ...often }) },
    { at: third, lasting, inject: cutWhile("worker->queue", { sends: moments.orderDone, lose: "request", ...often }) },
    { at: third, lasting, inject: cutWhile("worker->cache", { sends: moments.tombstone, lose: "reply", ...often }) },
  ],
  audit: ledger(),
  // A job's lock lasts for five seconds, and a job without one is looked for every 2.5 s, twice.
  restWithin: seconds(12),
  checks: [
    availability({ atLeast: 0.95 }),
    nothingHangs({ atMost: 0.005 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
