import { availability, nothingHangs, nothingLeftBehind, partition, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

/**
 * Every link behind the entry, and for how long it is silent: shorter than a client takes to give up its connections, so
 * that it still has them when the link heals. A worker waits for its queue for four seconds.
 */
const links = [
  ["worker->queue", 1.5],
  ["api->cache", 0.7],
  ["worker->cache", 0.7],
  ["api->search", 0.7],
  ["worker->search", 0.7],
  ["worker->postgres", 1],
  ["api->postgres", 1],
] as const;

/** From one link to the next, which is what each has to get over it. */
const every = 2.2;

export default scenario({
  name: "one link after the other forgets its connections: they stay silent, and only new ones work",
  expects: "every process gives up what is dead by itself, and is soon as well as ever; nobody has to restart it",
  tags: ["full", "network"],
  system: storefront(),
  workload: shoppers({ perSecond: 90, doing: { browse: 45, search: 10, reprice: 20, buy: 25 } }),
  phases: { warmUp, steady: seconds(3), faults: seconds(0.5 + links.length * every), recovery: seconds(7) },
  faults: links.map(([link, lasting], index) => ({
    at: seconds(0.3 + index * every),
    lasting: seconds(lasting),
    inject: partition(link, { heal: "newConnectionsOnly" }),
  })),
  audit: ledger(),
  // A job's lock lasts for five seconds, and a job without one is looked for every 2.5 s, twice.
  restWithin: seconds(12),
  checks: [
    // Only of Postgres nothing takes the place: for a second, and until its connections are given up, one after the other.
    availability({ atLeast: 0.85 }),
    nothingHangs({ atMost: 0.005 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
    // Of what was forgotten, too: what nothing but a restart would end is left behind.
    nothingLeftBehind(),
  ],
});
