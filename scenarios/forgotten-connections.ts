import {
  availability,
  cutWhile,
  milliseconds,
  nothingHangs,
  nothingLeftBehind,
  partition,
  recoversWithin,
  scenario,
  seconds,
} from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { moments } from "./storefront/moments.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

/**
 * Every link behind the entry, when and for how long it is silent: shorter than a client takes to give up its connections,
 * so that it still has them when the link heals. A worker waits for its queue for four seconds, and works again before
 * its other links fall silent.
 */
const links = [
  ["worker->queue", 0.3, 1.5],
  ["api->cache", 0.3, 0.7],
  ["api->search", 2.3, 0.7],
  ["api->postgres", 4.2, 1],
  ["worker->cache", 6.4, 0.7],
  ["worker->search", 6.4, 0.7],
  ["worker->postgres", 6.4, 1],
] as const;

/** The reply of a fill is lost. No caller waits for it: the read was answered before. */
const fillsWithoutReply = cutWhile("api->cache", {
  sends: moments.fill,
  lose: "reply",
  times: 4,
  every: milliseconds(300),
});

export default scenario({
  name: "every link forgets its connections, which stay silent while new ones work; some are cut in a fill",
  expects: "every process gives up what is dead by itself, and is soon as well as ever; nobody has to restart it",
  tags: ["gate", "full", "network"],
  system: storefront(),
  workload: shoppers({ perSecond: 90, doing: { browse: 45, search: 10, reprice: 20, buy: 25 } }),
  phases: { warmUp, steady: seconds(3), faults: seconds(7.9), recovery: seconds(5) },
  faults: [
    ...links.map(([link, at, lasting]) => ({
      at: seconds(at),
      lasting: seconds(lasting),
      inject: partition(link, { heal: "newConnectionsOnly" }),
    })),
    { at: seconds(1.8), lasting: seconds(2.2), inject: fillsWithoutReply },
  ],
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
