import { availability, partition, pause, scenario, seconds } from "faultline";
import { phases } from "../../shelf/shelf.ts";
import { fewPeople, runningShelf } from "../system.ts";

export default scenario({
  name: "the store stands still, and is then cut off",
  expects: "nobody notices where the server remembers what it saw",
  system: runningShelf,
  workload: fewPeople,
  phases,
  faults: [
    { at: seconds(0.2), lasting: seconds(0.9), inject: pause("store") },
    { at: seconds(1.2), lasting: seconds(1.2), inject: partition("web->store") },
  ],
  checks: [availability({ atLeast: 0.9 })],
});
