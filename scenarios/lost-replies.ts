import {
  availability,
  milliseconds,
  postgresCommitStall,
  postgresKick,
  recoversWithin,
  repeated,
  retriesEnd,
  scenario,
  seconds,
} from "faultline";
import { impatient } from "./storefront/impatient.ts";
import { insistent } from "./storefront/insistent.ts";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront, warmUp } from "./storefront/system.ts";

export default scenario({
  name: "commits are held back, and the connections closed before anybody hears of them, again and again",
  expects:
    "what was committed without a reply is found out, nothing is done twice, and who insists is served in the end",
  tags: ["gate", "full", "database"],
  system: storefront(),
  // Mostly orders and changes: a dozen of their commits are held back each time.
  workload: [
    shoppers({ perSecond: 70, doing: { browse: 30, search: 5, reprice: 25, buy: 40 } }),
    impatient({ perSecond: 6 }),
    insistent({ perSecond: 3, forSeconds: 10 }),
  ],
  phases: { warmUp, steady: seconds(3), faults: seconds(9), recovery: seconds(5) },
  // A statement is waited for less than half a second, and sessions are ended before: what they had sent is done.
  faults: [
    ...repeated(
      { at: seconds(0.3), lasting: milliseconds(1000), inject: postgresCommitStall("postgres") },
      { every: seconds(2.2), times: 4 },
    ),
    ...repeated(
      { at: seconds(0.55), lasting: milliseconds(700), inject: postgresKick("postgres") },
      { every: seconds(2.2), times: 4 },
    ),
  ],
  audit: ledger(),
  checks: [
    // Almost half of the time of the faults nothing is committed, and most operations need that.
    availability({ atLeast: 0.55, operations: ["browse", "search", "reprice", "buy"] }),
    retriesEnd({ operations: ["insistToTheEnd"], within: seconds(3) }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
