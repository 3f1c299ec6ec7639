import { availability, partition, pause, redisReadOnly, scenario, seconds } from "faultline";
import { fewPeople, runningShelf } from "../system.ts";

export default scenario({
  name: "everything at once, for as long as somebody lets it",
  expects: "nothing: it is there to be killed",
  system: runningShelf,
  workload: fewPeople,
  phases: { warmUp: seconds(0.5), steady: seconds(1), faults: seconds(60), recovery: seconds(1) },
  faults: [
    { at: seconds(0.1), lasting: seconds(59), inject: redisReadOnly("store") },
    { at: seconds(0.1), lasting: seconds(59), inject: partition("web->store") },
    { at: seconds(0.1), lasting: seconds(59), inject: pause("web") },
  ],
  checks: [availability({ atLeast: 0.01 })],
});
