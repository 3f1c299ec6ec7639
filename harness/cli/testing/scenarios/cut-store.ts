import { availability, partition, scenario, seconds } from "faultline";
import { people, phases, shelf } from "../shelf/shelf.ts";

export default scenario({
  name: "the store is cut off",
  expects: "people notice: nothing stands in for the store",
  tags: ["harsh"],
  system: shelf(),
  workload: people,
  phases,
  faults: [{ at: seconds(0.3), lasting: seconds(1.5), inject: partition("web->store") }],
  checks: [availability({ atLeast: 0.98 })],
});
