import { availability, misconfigure, recoversWithin, scenario, seconds, wrongCredential } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "a bad release is rolled out and back: one API with the wrong address of its cache, one worker with a wrong password",
  expects: "the API works without a cache, the other worker does the work of both, and nothing is left of it",
  tags: ["full", "human"],
  system: storefront(),
  workload: shoppers({ perSecond: 80 }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(8), recovery: seconds(6) },
  faults: [
    {
      at: seconds(0.3),
      lasting: seconds(5),
      inject: misconfigure("api-1", { variable: "CACHE_URL", value: "redis://127.0.0.1:1" }),
    },
    { at: seconds(0.5), lasting: seconds(5), inject: wrongCredential("worker-1", { variable: "DATABASE_URL" }) },
  ],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    // The API restarts twice, and half of the clients wait for it for about a second and a half each time.
    availability({ atLeast: 0.8 }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
