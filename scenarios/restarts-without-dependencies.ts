import {
  availability,
  kill,
  latency,
  milliseconds,
  partition,
  recoversWithin,
  refuse,
  scenario,
  seconds,
  terminate,
} from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

const down = milliseconds(400);

export default scenario({
  name: "processes die or are rolled out while the database, the queue or the cache is away from them, or slow",
  expects: "what is started without a dependency waits for it, works as soon as it is there, and needs no second start",
  tags: ["full", "crash"],
  system: storefront(),
  workload: shoppers({ perSecond: 80, doing: { browse: 50, search: 5, reprice: 20, buy: 25 } }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(9.3), recovery: seconds(6) },
  faults: [
    // One API starts without its database, one worker without its queue and its cache.
    { at: seconds(0.3), lasting: seconds(3.2), inject: partition("api-1->postgres") },
    { at: seconds(0.3), lasting: seconds(4), inject: refuse("worker-1->queue") },
    { at: seconds(0.3), lasting: seconds(3.2), inject: partition("worker-1->cache") },
    { at: seconds(0.6), lasting: down, inject: kill("api-1") },
    { at: seconds(0.7), lasting: down, inject: kill("worker-1") },
    // The other API starts without its cache, with a database and an index that are slow; the other worker without its
    // database and its queue, with a cache that is slow. Were there a worker that never misses its queue, it would do the
    // work of one that does.
    { at: seconds(4.6), lasting: seconds(3.6), inject: refuse("api-2->cache") },
    { at: seconds(4.6), lasting: seconds(3.6), inject: latency("api-2->postgres", { latency: milliseconds(40) }) },
    { at: seconds(4.6), lasting: seconds(3.6), inject: latency("api-2->search", { latency: milliseconds(100) }) },
    { at: seconds(4.6), lasting: seconds(3.6), inject: partition("worker-2->postgres") },
    { at: seconds(4.6), lasting: seconds(4.4), inject: refuse("worker-2->queue") },
    { at: seconds(4.6), lasting: seconds(3.6), inject: latency("worker-2->cache", { latency: milliseconds(100) }) },
    { at: seconds(4.9), lasting: seconds(1), inject: terminate("api-2", { grace: seconds(2) }) },
    { at: seconds(5), lasting: down, inject: kill("worker-2") },
  ],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    // Clients stay with their API: half of them have none for three and a half seconds, and the others for one and a half.
    availability({ atLeast: 0.75 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
