import { availability, kill, latency, milliseconds, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { operators } from "./storefront/operators.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

const down = milliseconds(300);

export default scenario({
  name: "both workers are killed, and again with the same jobs in hand, and some orders can never be fulfilled",
  expects: "a job that two workers died of is still done, once; what can't be done is buried, and delays nobody",
  tags: ["gate", "full", "crash", "async"],
  system: storefront(),
  workload: [
    shoppers({ perSecond: 60, doing: { browse: 40, search: 5, reprice: 15, buy: 40 } }),
    operators({ perSecond: 3 }),
  ],
  phases: { warmUp, steady: seconds(3), faults: seconds(10.2), recovery: seconds(5) },
  faults: [
    // A job takes seven trips to the database, more than a second, and more jobs come than sixteen hands can take: all of
    // them are full when their workers die.
    { at: seconds(0.2), lasting: seconds(9.5), inject: latency("worker->postgres", { latency: milliseconds(150) }) },
    // Longer than from one look for jobs without a worker to the next: the first look after it finds all of these jobs, and
    // the second one, 2.5 s later, that the five seconds of their locks are over. They are the next that are taken.
    { at: seconds(1.4), lasting: seconds(2.2), inject: kill("worker") },
    // What is done reaches the queue late: a job is in hand for more than two seconds.
    {
      at: seconds(5.4),
      lasting: seconds(4.3),
      inject: latency("worker->queue", { latency: milliseconds(1200), direction: "requests" }),
    },
    // One after the other, so that one of these moments is within two seconds of that second look, whenever it came.
    { at: seconds(8.3), lasting: down, inject: kill("worker-1") },
    { at: seconds(9.3), lasting: down, inject: kill("worker-2") },
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
