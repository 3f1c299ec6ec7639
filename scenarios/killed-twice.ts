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
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(11.2), recovery: seconds(6) },
  faults: [
    // A job takes seven trips to the database, more than a second, and more jobs come than sixteen hands can take: all of
    // them are full when their workers die.
    { at: seconds(0.2), lasting: seconds(10.7), inject: latency("worker->postgres", { latency: milliseconds(150) }) },
    // Longer than from one look for jobs without a worker to the next: the first look after it finds all of these jobs, and
    // the second one, 2.5 s later, that the five seconds of their locks are over. They are the next that are taken.
    { at: seconds(1.4), lasting: seconds(2.2), inject: kill("worker") },
    // What is done reaches the queue late, so that none of them is over before the last one is taken.
    {
      at: seconds(5.4),
      lasting: seconds(5.5),
      inject: latency("worker->queue", { latency: milliseconds(1200), direction: "requests" }),
    },
    { at: seconds(10.6), lasting: milliseconds(300), inject: kill("worker") },
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
