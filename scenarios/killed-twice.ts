import { availability, kill, latency, milliseconds, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "both workers are killed, and killed again when they have the same jobs in hand once more",
  expects: "a job that two workers died of is still done, once: it was not the job's fault",
  tags: ["full", "crash", "async"],
  system: storefront(),
  workload: shoppers({ perSecond: 70, doing: { browse: 45, search: 5, reprice: 15, buy: 35 } }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(8.5), recovery: seconds(6) },
  faults: [
    // A job takes seven trips to the database, more than a second, and more jobs come than sixteen hands can take: all of
    // them are always full.
    { at: seconds(0.2), lasting: seconds(8), inject: latency("worker->postgres", { latency: milliseconds(150) }) },
    { at: seconds(0.2), lasting: seconds(8), inject: latency("worker->queue", { latency: milliseconds(250) }) },
    { at: seconds(1), lasting: milliseconds(300), inject: kill("worker") },
    // A worker is up after one second, looks for jobs without a lock every 2.5 s, and finds those when the five seconds
    // of their lock are over: at its third look. They are the next that it takes.
    { at: seconds(8), lasting: milliseconds(300), inject: kill("worker") },
  ],
  audit: ledger(),
  restWithin: seconds(15),
  checks: [
    availability({ atLeast: 0.99, operations: ["browse", "reprice", "buy"] }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
