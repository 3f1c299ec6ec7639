import {
  availability,
  latency,
  milliseconds,
  recoversWithin,
  rollingRestart,
  scenario,
  seconds,
  stopsCleanly,
} from "faultline";
import { balanced } from "./storefront/balanced.ts";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

export default scenario({
  name: "a new release is rolled out: one process after the other is asked to end, and comes back",
  expects: "a process that is asked to end finishes what it has in hand, and newcomers go elsewhere",
  tags: ["full", "human"],
  system: storefront(),
  workload: [
    // Mostly what takes long. Few want the same product: changes of one wait for each other.
    shoppers({ perSecond: 70, skew: 0.5, doing: { browse: 25, search: 5, reprice: 33, buy: 37 } }),
    balanced({ perSecond: 26 }),
  ],
  phases: { warmUp, steady: seconds(3), faults: seconds(9.5), recovery: seconds(5) },
  faults: [
    // The database is far away: changes and orders take six trips and seven, so that some are under way at each SIGTERM.
    {
      at: seconds(0.1),
      lasting: seconds(9),
      inject: latency("api->postgres", { latency: milliseconds(45), direction: "requests" }),
    },
    ...rollingRestart(["api-1", "worker-1", "api-2", "worker-2"], {
      at: seconds(0.5),
      // Longer than a process takes to end that answers its last requests first: at most 1.2 s.
      down: milliseconds(1400),
      between: milliseconds(900),
      grace: seconds(2),
    }),
  ],
  audit: ledger(),
  checks: [
    stopsCleanly(),
    // A balancer has the other API; who stays with one has none for the two seconds that each is away.
    availability({ atLeast: 0.97, operations: ["lookAnywhere", "buyAnywhere"] }),
    availability({ atLeast: 0.7, operations: ["browse", "search", "reprice", "buy"] }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
