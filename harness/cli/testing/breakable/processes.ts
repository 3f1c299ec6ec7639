import {
  availability,
  cpuLimit,
  crashLoop,
  kill,
  misconfigure,
  overload,
  pause,
  scenario,
  seconds,
  terminate,
} from "faultline";
import { askers, phases, twoStores } from "./two-stores.ts";

export default scenario({
  name: "processes die, stand still and come back",
  expects: "nothing is left behind",
  system: twoStores,
  workload: askers,
  phases,
  faults: [
    { at: seconds(0.1), lasting: seconds(1.2), inject: pause("cache") },
    { at: seconds(0.2), lasting: seconds(1), inject: crashLoop("web-1", { every: seconds(0.5) }) },
    { at: seconds(0.3), lasting: seconds(1), inject: kill("db") },
    { at: seconds(0.2), lasting: seconds(1), inject: overload("clients->web-2", { connections: 20, path: "/" }) },
    { at: seconds(1.9), lasting: seconds(0.5), inject: pause("web") },
    { at: seconds(1.8), lasting: seconds(0.4), inject: cpuLimit("db", { share: 0.3 }) },
    { at: seconds(1.7), lasting: seconds(0.5), inject: terminate("cache") },
    {
      at: seconds(2.6),
      lasting: seconds(0.8),
      inject: misconfigure("web-2", { variable: "CACHE", value: "nowhere:1" }),
    },
    { at: seconds(2.6), lasting: seconds(0.8), inject: kill("db") },
  ],
  checks: [availability({ atLeast: 0.01 })],
});
