import {
  availability,
  latency,
  milliseconds,
  noLostJobs,
  noLostWrites,
  nothingHangs,
  partition,
  recoversWithin,
  scenario,
  seconds,
  slowRequests,
} from "faultline";
import { abusers } from "./storefront/abusers.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "somebody sends garbage, and requests without an end, while the cache is cut off and the database is slow",
  expects: "the garbage is turned away as on any other day, and shoppers do not feel it",
  tags: ["full", "access"],
  system: storefront(),
  workload: [shoppers({ perSecond: 80 }), abusers({ perSecond: 28 })],
  phases: { warmUp: seconds(2), steady: seconds(4), faults: seconds(7), recovery: seconds(6) },
  faults: [
    { at: seconds(0.5), lasting: seconds(6), inject: partition("api->cache") },
    { at: seconds(0.7), lasting: seconds(5.5), inject: slowRequests("clients->api", { connections: 200 }) },
    { at: seconds(1), lasting: seconds(5), inject: latency("api->postgres", { latency: milliseconds(20) }) },
  ],
  audit: ledger(),
  checks: [
    // What does not need the database to be turned away does not feel that it is slow; one in a hundred may be late.
    availability({
      atLeast: 0.98,
      operations: [
        "sendGarbage",
        "sendTooMuch",
        "sendNonsense",
        "orderNothing",
        "askForNoNumber",
        "searchForTooMuch",
        "goNowhere",
      ],
    }),
    // Each read goes to a database that answers 20 ms later, one after the other of a few connections.
    availability({ atLeast: 0.97, operations: ["browse", "search", "reprice", "buy"] }),
    noLostWrites(),
    noLostJobs(),
    nothingHangs({ atMost: 0.01 }),
    recoversWithin(seconds(3)),
  ],
});
