import { availability, kill, recoversWithin, scenario, seconds } from "faultline";
import { everyday } from "../faultline.config.ts";

export default scenario({
  ...everyday,
  name: "poll dies and comes back",
  // ? what is meant to happen to users meanwhile?
  expects: "some are refused, and all is well soon after",
  faults: [{ at: seconds(0.5), lasting: seconds(2), inject: kill("poll") }],
  checks: [availability({ atLeast: 0.5 }), recoversWithin(seconds(4))],
});
