import {
  availability,
  latency,
  milliseconds,
  partition,
  recoversWithin,
  refuse,
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

/** Down for longer than a process takes to end that answers its last requests first: at most 1.2 s. */
const stop = { down: milliseconds(1400), grace: seconds(2) } as const;

export default scenario({
  name: "a new release is rolled out, and workers come back while the queue and the database are away",
  expects: "a process that is asked to end finishes what it has in hand, and one that starts waits for what it needs",
  tags: ["gate", "full", "human"],
  system: storefront(),
  workload: [
    // Mostly what takes long. Few want the same product: changes of one wait for each other.
    shoppers({ perSecond: 56, skew: 0.5, doing: { browse: 25, search: 5, reprice: 33, buy: 37 } }),
    balanced({ perSecond: 24 }),
  ],
  phases: { warmUp, steady: seconds(3), faults: seconds(12), recovery: seconds(5) },
  faults: [
    // The database is far away: changes and orders take six trips and seven, so that some are under way at each SIGTERM.
    {
      at: seconds(0.1),
      lasting: seconds(9),
      inject: latency("api->postgres", { latency: milliseconds(40), direction: "requests" }),
    },
    // And from the workers: they have some jobs in hand at theirs.
    {
      at: seconds(0.1),
      lasting: seconds(8.5),
      inject: latency("worker->postgres", { latency: milliseconds(30), direction: "requests" }),
    },
    ...rollingRestart(["api-1", "api-2"], { at: seconds(0.5), between: seconds(3.2), ...stop }),
    // Between the two APIs, and while no other fault acts on a worker: a job that is tried again lost its attempt to the stop.
    ...rollingRestart(["worker-1", "worker-2"], { at: seconds(2.4), between: seconds(3.9), ...stop }),
    // When each worker is about to start again. Were there one that never misses its queue, it would do the work of one
    // that does.
    { at: seconds(3.6), lasting: seconds(2.4), inject: partition("worker-1->postgres") },
    { at: seconds(3.6), lasting: seconds(3.2), inject: refuse("worker-1->queue") },
    { at: seconds(8.9), lasting: seconds(2.4), inject: partition("worker-2->postgres") },
    { at: seconds(8.9), lasting: seconds(3.1), inject: refuse("worker-2->queue") },
  ],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    stopsCleanly({ workers: ["worker"], jobsLast: milliseconds(600) }),
    // A balancer has the other API; who stays with one has none for the two seconds that each is away.
    availability({ atLeast: 0.95, operations: ["lookAnywhere", "buyAnywhere"] }),
    availability({ atLeast: 0.7, operations: ["browse", "search", "reprice", "buy"] }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
