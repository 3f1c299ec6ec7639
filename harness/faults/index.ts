import type { FaultKind } from "../model/fault.ts";
import { bandwidthFault } from "./bandwidth.ts";
import { clockSkewFault } from "./clock-skew.ts";
import { cpuLimitFault } from "./cpu-limit.ts";
import { crashLoopFault } from "./crash-loop.ts";
import { cutWhileFault } from "./cut-while.ts";
import { disconnectFault } from "./disconnect.ts";
import { eventLoopBlockFault } from "./event-loop-block.ts";
import { fileDescriptorsFault } from "./file-descriptors.ts";
import { killFault } from "./kill.ts";
import { latencyFault } from "./latency.ts";
import { memoryLeakFault } from "./memory-leak.ts";
import { memoryLimitFault } from "./memory-limit.ts";
import { misconfigureFault } from "./misconfigure.ts";
import { overloadFault } from "./overload.ts";
import { partitionFault } from "./partition.ts";
import { pauseFault } from "./pause.ts";
import { postgresCommitStallFault } from "./postgres-commit-stall.ts";
import { postgresDropIndexFault } from "./postgres-drop-index.ts";
import { postgresExhaustionFault } from "./postgres-exhaustion.ts";
import { postgresKickFault } from "./postgres-kick.ts";
import { postgresKillBackendFault } from "./postgres-kill-backend.ts";
import { postgresLockFault } from "./postgres-lock.ts";
import { postgresLoginDeniedFault } from "./postgres-login-denied.ts";
import { postgresReadOnlyFault } from "./postgres-read-only.ts";
import { redisAmnesiaFault } from "./redis-amnesia.ts";
import { redisBlockFault } from "./redis-block.ts";
import { redisDeniedFault } from "./redis-denied.ts";
import { redisMaxClientsFault } from "./redis-max-clients.ts";
import { redisMemoryFullFault } from "./redis-memory-full.ts";
import { redisNoQuorumFault } from "./redis-no-quorum.ts";
import { redisOutOfMemoryFault } from "./redis-out-of-memory.ts";
import { redisPauseFault } from "./redis-pause.ts";
import { redisReadOnlyFault } from "./redis-read-only.ts";
import { refuseFault } from "./refuse.ts";
import { resetFault } from "./reset.ts";
import { silenceFault } from "./silence.ts";
import { slicesFault } from "./slices.ts";
import { slowCloseFault } from "./slow-close.ts";
import { slowRequestsFault } from "./slow-requests.ts";
import { terminateFault } from "./terminate.ts";
import { truncateFault } from "./truncate.ts";
import { uncaughtExceptionFault } from "./uncaught-exception.ts";
import { wrongCredentialFault } from "./wrong-credential.ts";

/** Every kind of fault; a new one is one file and one line here. */
export const faultKinds: readonly FaultKind[] = [
  latencyFault,
  bandwidthFault,
  slowCloseFault,
  slicesFault,
  truncateFault,
  resetFault,
  partitionFault,
  refuseFault,
  overloadFault,
  slowRequestsFault,
  silenceFault,
  cutWhileFault,
  killFault,
  pauseFault,
  terminateFault,
  crashLoopFault,
  disconnectFault,
  cpuLimitFault,
  fileDescriptorsFault,
  memoryLimitFault,
  eventLoopBlockFault,
  uncaughtExceptionFault,
  memoryLeakFault,
  clockSkewFault,
  misconfigureFault,
  wrongCredentialFault,
  redisPauseFault,
  redisBlockFault,
  redisOutOfMemoryFault,
  redisMemoryFullFault,
  redisReadOnlyFault,
  redisNoQuorumFault,
  redisMaxClientsFault,
  redisDeniedFault,
  redisAmnesiaFault,
  postgresKickFault,
  postgresKillBackendFault,
  postgresLockFault,
  postgresReadOnlyFault,
  postgresCommitStallFault,
  postgresExhaustionFault,
  postgresLoginDeniedFault,
  postgresDropIndexFault,
];
