import { availability, latency, milliseconds, noStaleReads, scenario, seconds } from "faultline";
import { people, phases, shelf } from "../shelf/shelf.ts";

export default scenario({
  name: "the store answers slowly",
  expects: "people wait a little longer",
  tags: ["mild"],
  system: shelf(),
  workload: people,
  phases,
  faults: [{ at: seconds(0.3), lasting: seconds(1.5), inject: latency("web->store", { latency: milliseconds(30) }) }],
  checks: [availability({ atLeast: 0.98 }), noStaleReads({ within: seconds(1) })],
});
