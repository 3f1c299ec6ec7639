import {
  availability,
  deadLettersAreDeserved,
  effectsExactlyOnce,
  indexAgrees,
  kill,
  noLostJobs,
  noLostWrites,
  noStaleReads,
  nothingLeftBehind,
  pause,
  recoversWithin,
  scenario,
  seconds,
} from "faultline";
import { ledger } from "./storefront/ledger.ts";
import { operators } from "./storefront/operators.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "worker, database and queue go away one after another while customers browse and buy",
  expects: "honest refusals while the database is away; every order that was accepted takes effect once, or is dead",
  tags: ["full", "crash"],
  system: storefront(),
  workload: [shoppers({ perSecond: 120 }), operators({ perSecond: 4 })],
  // The recovery is longer than the ten seconds for which a pool keeps a connection that nobody needs any more.
  phases: { warmUp: seconds(2), steady: seconds(4), faults: seconds(9), recovery: seconds(12) },
  faults: [
    { at: seconds(0.5), lasting: seconds(2), inject: kill("worker") },
    { at: seconds(3), lasting: seconds(2), inject: kill("postgres") },
    { at: seconds(6), lasting: seconds(2), inject: pause("queue") },
  ],
  audit: ledger(),
  checks: [
    // Two seconds without a database in twenty-one: writes and orders are refused, and reads that the cache lacks.
    availability({ atLeast: 0.9 }),
    noLostWrites(),
    noLostJobs(),
    effectsExactlyOnce(),
    deadLettersAreDeserved(),
    // Seven and a half seconds from the first fault to the last heal, and then a job that a killed worker had in hand
    // may still have to be found: the others look for such every 2.5 s, and must have missed it twice.
    indexAgrees({ lagWithin: seconds(15), operations: ["search"] }),
    noStaleReads({ within: seconds(2), operations: ["browse"] }),
    recoversWithin(seconds(4)),
    nothingLeftBehind(),
  ],
});
