// The public face of Faultline: what scenarios, and nobody else's internals, may use.

export { authFailsClosed } from "./checks/auth-fails-closed.ts";
export { availability } from "./checks/availability.ts";
export { cacheAgrees } from "./checks/cache-agrees.ts";
export { comesToRest } from "./checks/comes-to-rest.ts";
export { deadLettersAreDeserved } from "./checks/dead-letters-are-deserved.ts";
export { effectsExactlyOnce } from "./checks/effects-exactly-once.ts";
export { errorBudget } from "./checks/error-budget.ts";
export { indexAgrees } from "./checks/index-agrees.ts";
export { latencyWithin } from "./checks/latency-within.ts";
export { linearizable } from "./checks/linearizable.ts";
export { noLostJobs } from "./checks/no-lost-jobs.ts";
export { noLostUpdates } from "./checks/no-lost-updates.ts";
export { noLostWrites } from "./checks/no-lost-writes.ts";
export { noStaleReads } from "./checks/no-stale-reads.ts";
export { noWrongAnswers } from "./checks/no-wrong-answers.ts";
export { nothingHangs } from "./checks/nothing-hangs.ts";
export { nothingLeftBehind } from "./checks/nothing-left-behind.ts";
export { poolsHold } from "./checks/pools-hold.ts";
export { recoversWithin } from "./checks/recovers-within.ts";
export { retriesEnd } from "./checks/retries-end.ts";
export { staysLive } from "./checks/stays-live.ts";
export { staysUp } from "./checks/stays-up.ts";
export { stopsCleanly } from "./checks/stops-cleanly.ts";
export { versionsNeverGoBack } from "./checks/versions-never-go-back.ts";
export { bandwidth } from "./faults/bandwidth.ts";
export { clockSkew } from "./faults/clock-skew.ts";
export { cpuLimit } from "./faults/cpu-limit.ts";
export { crashLoop } from "./faults/crash-loop.ts";
export { cutWhile } from "./faults/cut-while.ts";
export { disconnect } from "./faults/disconnect.ts";
export { eventLoopBlock } from "./faults/event-loop-block.ts";
export { fileDescriptors } from "./faults/file-descriptors.ts";
export { flapping } from "./faults/flapping.ts";
export { kill } from "./faults/kill.ts";
export { killRandom } from "./faults/kill-random.ts";
export { latency } from "./faults/latency.ts";
export { memoryLeak } from "./faults/memory-leak.ts";
export { memoryLimit } from "./faults/memory-limit.ts";
export { misconfigure } from "./faults/misconfigure.ts";
export { overload } from "./faults/overload.ts";
export { partition } from "./faults/partition.ts";
export { pause } from "./faults/pause.ts";
export { postgresCommitStall } from "./faults/postgres-commit-stall.ts";
export { postgresDropIndex } from "./faults/postgres-drop-index.ts";
export { postgresExhaustion } from "./faults/postgres-exhaustion.ts";
export { postgresKick } from "./faults/postgres-kick.ts";
export { postgresKillBackend } from "./faults/postgres-kill-backend.ts";
export { postgresLock } from "./faults/postgres-lock.ts";
export { postgresLoginDenied } from "./faults/postgres-login-denied.ts";
export { postgresReadOnly } from "./faults/postgres-read-only.ts";
export { redisAmnesia } from "./faults/redis-amnesia.ts";
export { redisBlock } from "./faults/redis-block.ts";
export { redisDenied } from "./faults/redis-denied.ts";
export { redisMaxClients } from "./faults/redis-max-clients.ts";
export { redisMemoryFull } from "./faults/redis-memory-full.ts";
export { redisNoQuorum } from "./faults/redis-no-quorum.ts";
export { redisOutOfMemory } from "./faults/redis-out-of-memory.ts";
export { redisPause } from "./faults/redis-pause.ts";
export { redisReadOnly } from "./faults/redis-read-only.ts";
export { refuse } from "./faults/refuse.ts";
export { reset } from "./faults/reset.ts";
export { rollingRestart } from "./faults/rolling-restart.ts";
export { silence } from "./faults/silence.ts";
export { slices } from "./faults/slices.ts";
export { slowClose } from "./faults/slow-close.ts";
export { slowRequests } from "./faults/slow-requests.ts";
export { terminate } from "./faults/terminate.ts";
export { truncate } from "./faults/truncate.ts";
export { uncaughtException } from "./faults/uncaught-exception.ts";
export { wrongCredential } from "./faults/wrong-credential.ts";
export { type AttachedLink, type AttachedSettings, attached } from "./model/attached.ts";
export type { CacheEntry, Check, Document, Evidence, FinalState, Job, Register } from "./model/check.ts";
export { type Config, defineConfig } from "./model/config.ts";
export type { Address } from "./model/environment.ts";
export type { DrawnInjections, FaultSpec, Injection } from "./model/fault.ts";
export { accepted, commits, type Milestone } from "./model/milestone.ts";
export type { Mutant } from "./model/mutant.ts";
export type { Random } from "./model/random.ts";
export type { RunRecord } from "./model/run.ts";
export { type Audit, type AuditContext, type Scenario, scenario } from "./model/scenario.ts";
export {
  container,
  openSearch,
  perEnvironment,
  postgres,
  redis,
  type System,
  service,
  system,
} from "./model/system.ts";
export { type Duration, milliseconds, minutes, seconds } from "./model/units.ts";
export type { CheckResult, Verdict } from "./model/verdict.ts";
export {
  type AsyncOperation,
  type Call,
  type Credential,
  type Draw,
  type HttpOperation,
  type HttpReply,
  type HttpRequest,
  type Judgement,
  type Keyspace,
  NotExecuted,
  type Operation,
  type PrepareContext,
  type Rate,
  type RateCorner,
  type Slo,
  type Workload,
  workload,
} from "./model/workload.ts";
export { repeated } from "./plan/repeated.ts";
