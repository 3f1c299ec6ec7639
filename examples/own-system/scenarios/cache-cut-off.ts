import { availability, noStaleReads, partition, scenario, seconds } from "faultline";
import { everyday } from "../faultline.config.ts";

export default scenario({
  ...everyday,
  name: "the cache is cut off for a while",
  expects: "notes are served from the database, and no old ones for long when the cache is back",
  faults: [{ at: seconds(0.5), lasting: seconds(3), inject: partition("web->cache") }],
  checks: [availability({ atLeast: 0.95 }), noStaleReads({ within: seconds(2) })],
});
