import { availability, partition, scenario, seconds } from "faultline";
import { people, phases, shelf } from "../shelf/shelf.ts";

export default scenario({
  name: "the store is cut off from servers without and with a memory",
  expects: "what was seen before can still be looked at where it is remembered",
  tags: ["harsh"],
  system: shelf(),
  variants: { plain: shelf(), remembering: shelf({ memory: true }) },
  workload: people,
  phases,
  faults: [{ at: seconds(0.3), lasting: seconds(1.5), inject: partition("web->store") }],
  checks: [availability({ atLeast: 0.1 })],
});
