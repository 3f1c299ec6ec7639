import { availability, clockSkew, kill, partition, redisAmnesia, scenario, seconds } from "faultline";
import { phases } from "../../shelf/shelf.ts";
import { fewPeople, runningShelf } from "../system.ts";

const lasting = seconds(0.5);

export default scenario({
  name: "what may be done only to what one has started",
  expects: "to be refused",
  system: runningShelf,
  workload: fewPeople,
  phases,
  faults: [
    { at: seconds(0.1), lasting, inject: kill("store") },
    { at: seconds(0.1), lasting, inject: clockSkew("web", { by: seconds(5) }) },
    { at: seconds(1), lasting, inject: redisAmnesia("store") },
    { at: seconds(1), lasting, inject: partition("clients->web") },
  ],
  checks: [availability({ atLeast: 0.01 })],
});
