import {
  availability,
  bandwidth,
  latency,
  milliseconds,
  recoversWithin,
  scenario,
  seconds,
  slices,
  slowClose,
} from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "every line is thin at once: slow to the customers, in slices to the cache, late to the index",
  expects: "everything is slower, and nothing is wrong",
  tags: ["full", "network"],
  system: storefront(),
  workload: shoppers({ perSecond: 80 }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(7), recovery: seconds(5) },
  faults: [
    { at: seconds(0.3), lasting: seconds(6), inject: bandwidth("clients->api", { kbPerSecond: 60 }) },
    { at: seconds(0.3), lasting: seconds(6), inject: slices("api->cache", { bytes: 100, pause: milliseconds(2) }) },
    {
      at: seconds(0.3),
      lasting: seconds(6),
      inject: latency("api->search", { latency: milliseconds(80), jitter: milliseconds(40) }),
    },
    { at: seconds(0.3), lasting: seconds(6), inject: slowClose("worker->queue", { delay: milliseconds(300) }) },
  ],
  audit: ledger(),
  checks: [availability({ atLeast: 0.97 }), ...keepsItsWord(), ...tellsTheTruth(), recoversWithin(seconds(3))],
});
