import { overload, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { keepers } from "./storefront/seed.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "a rush far beyond what the shop can carry comes, and goes",
  expects:
    "what can't be carried is refused, what was accepted is kept, and the shop is well as soon as the rush is over",
  tags: ["full", "overload"],
  system: storefront(),
  workload: shoppers({ perSecond: 80 }),
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(6), recovery: seconds(7) },
  faults: [
    {
      at: seconds(0.3),
      lasting: seconds(4),
      inject: overload("clients->api", {
        connections: 150,
        path: "/products/1",
        headers: { authorization: `Bearer ${keepers.acme}` },
      }),
    },
  ],
  audit: ledger(),
  // No bound on what the rush itself costs; a failure that outlives its cause is what this looks for.
  checks: [...keepsItsWord(), ...tellsTheTruth(), recoversWithin(seconds(3))],
});
