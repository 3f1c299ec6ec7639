import {
  availability,
  bandwidth,
  latency,
  milliseconds,
  partition,
  refuse,
  repeated,
  reset,
  scenario,
  seconds,
  slices,
  truncate,
} from "faultline";
import { askers, phases, twoStores } from "./two-stores.ts";

const lasting = seconds(0.6);

export default scenario({
  name: "links break in many ways at once",
  expects: "nothing is left behind",
  system: twoStores,
  workload: askers,
  phases,
  faults: [
    { at: seconds(0.1), lasting: seconds(3), inject: latency("web->cache", { latency: milliseconds(20) }) },
    { at: seconds(0.2), lasting: seconds(2), inject: partition("web-1->db") },
    { at: seconds(0.3), lasting: seconds(2), inject: bandwidth("clients->web", { kbPerSecond: 50 }) },
    { at: seconds(0.4), lasting: seconds(1), inject: refuse("web-2->cache") },
    { at: seconds(2), lasting: seconds(1), inject: reset("web->db") },
    { at: seconds(2.4), lasting: seconds(1), inject: slices("clients->web", { bytes: 100, pause: milliseconds(5) }) },
    ...repeated(
      { at: seconds(0.5), lasting, inject: truncate("web-1->cache", { bytes: 50 }) },
      { every: seconds(1), times: 3 },
    ),
  ],
  checks: [availability({ atLeast: 0.01 })],
});
