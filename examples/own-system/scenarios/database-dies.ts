import { availability, kill, recoversWithin, scenario, seconds } from "faultline";
import { everyday } from "../faultline.config.ts";

export default scenario({
  ...everyday,
  name: "the database dies and comes back",
  expects: "copies are still read, writes are refused, and soon everything is served again",
  faults: [{ at: seconds(0.5), lasting: seconds(2), inject: kill("db") }],
  checks: [availability({ atLeast: 0.5 }), recoversWithin(seconds(4))],
});
