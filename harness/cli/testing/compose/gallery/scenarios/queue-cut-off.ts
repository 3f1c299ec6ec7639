import { availability, partition, recoversWithin, scenario, seconds } from "faultline";
import { everyday } from "../faultline.config.ts";

export default scenario({
  ...everyday,
  name: "queue is cut off from server for a while",
  // ? what is meant to happen to users meanwhile?
  expects: "some are refused, and all is well soon after",
  faults: [{ at: seconds(0.5), lasting: seconds(2), inject: partition("server->queue") }],
  checks: [availability({ atLeast: 0.5 }), recoversWithin(seconds(4))],
});
