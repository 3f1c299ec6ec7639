import { availability, milliseconds, nothingHangs, partition, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

/** Every link behind the entry, those of one kind after the other. */
const links = [
  "api->cache",
  "worker->cache",
  "worker->queue",
  "api->search",
  "worker->search",
  "worker->postgres",
  "api->postgres",
] as const;

const heal = "newConnectionsOnly";

export default scenario({
  name: "one link after the other forgets its connections: only new ones work again",
  expects: "every process gives up its dead connections by itself, and soon is as well as ever",
  tags: ["full", "network"],
  system: storefront(),
  workload: shoppers({ perSecond: 90, doing: { browse: 45, search: 10, reprice: 20, buy: 25 } }),
  phases: { warmUp, steady: seconds(3), faults: seconds(17.5), recovery: seconds(8) },
  // Short, so that a client that waits for its deadline still has its connection when the link heals.
  faults: links.map((link, index) => ({
    at: seconds(0.3 + 2.4 * index),
    lasting: milliseconds(2500),
    inject: partition(link, { heal }),
  })),
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    availability({ atLeast: 0.8 }),
    nothingHangs({ atMost: 0.005 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(5)),
  ],
});
