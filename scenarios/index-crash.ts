import { availability, kill, postgresDropIndex, recoversWithin, scenario, seconds } from "faultline";
import { keepsItsWord, tellsTheTruth } from "./storefront/laws.ts";
import { ledger } from "./storefront/ledger.ts";
import { shoppers } from "./storefront/shoppers.ts";
import { storefront } from "./storefront/system.ts";

export default scenario({
  name: "the index crashes, and comes back without its inverted lists",
  expects: "searches are answered from copies that say so, or refused; without the lists they are slow, and right",
  tags: ["full", "search", "human"],
  system: storefront(),
  workload: shoppers({ perSecond: 80, products: 20, doing: { browse: 50, search: 30, reprice: 12, buy: 8 } }),
  phases: { warmUp: seconds(1), steady: seconds(4), faults: seconds(7), recovery: seconds(6) },
  faults: [
    { at: seconds(0.3), lasting: seconds(2), inject: kill("search") },
    { at: seconds(3.5), lasting: seconds(3), inject: postgresDropIndex("search", { index: "documents_words" }) },
  ],
  audit: ledger(),
  restWithin: seconds(12),
  checks: [
    availability({ atLeast: 0.98, operations: ["browse", "reprice", "buy"] }),
    ...keepsItsWord(),
    ...tellsTheTruth(),
    recoversWithin(seconds(3)),
  ],
});
