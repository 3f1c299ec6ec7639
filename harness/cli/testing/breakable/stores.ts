import {
  availability,
  memoryLimit,
  postgresCommitStall,
  postgresExhaustion,
  postgresLock,
  postgresLoginDenied,
  postgresReadOnly,
  redisBlock,
  redisDenied,
  redisMaxClients,
  redisPause,
  redisReadOnly,
  scenario,
  seconds,
} from "faultline";
import { askers, phases, twoStores } from "./two-stores.ts";

export default scenario({
  name: "stores refuse, wait and forget their settings",
  expects: "nothing is left behind",
  system: twoStores,
  workload: askers,
  phases,
  faults: [
    { at: seconds(0.1), lasting: seconds(1), inject: redisReadOnly("cache") },
    { at: seconds(1.2), lasting: seconds(0.8), inject: redisPause("cache") },
    { at: seconds(2.1), lasting: seconds(0.5), inject: redisDenied("cache") },
    { at: seconds(2.6), lasting: seconds(0.5), inject: redisBlock("cache") },
    { at: seconds(3.2), lasting: seconds(0.6), inject: redisMaxClients("cache") },
    { at: seconds(0.3), lasting: seconds(1), inject: memoryLimit("web-2", { spare: 300 }) },
    { at: seconds(0.1), lasting: seconds(1), inject: postgresReadOnly("db") },
    {
      at: seconds(0.2),
      lasting: seconds(1.2),
      inject: postgresLock("db", { table: "information_schema.sql_features" }),
    },
    { at: seconds(1.2), lasting: seconds(0.8), inject: postgresCommitStall("db") },
    { at: seconds(2.1), lasting: seconds(0.8), inject: postgresExhaustion("db") },
    { at: seconds(3), lasting: seconds(0.8), inject: postgresLoginDenied("db") },
  ],
  checks: [availability({ atLeast: 0.01 })],
});
