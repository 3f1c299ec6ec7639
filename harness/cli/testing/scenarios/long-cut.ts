import { availability, partition, scenario, seconds } from "faultline";
import { people, phases, shelf } from "../shelf/shelf.ts";

export default scenario({
  name: "the store is cut off for long, so that somebody loses patience",
  expects: "whoever ends it early finds nothing left behind",
  system: shelf(),
  workload: people,
  phases: { ...phases, faults: seconds(60) },
  faults: [{ at: seconds(0.2), lasting: seconds(59), inject: partition("web->store") }],
  checks: [availability({ atLeast: 0.98 })],
});
