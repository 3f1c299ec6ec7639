import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authFailsClosed } from "../checks/auth-fails-closed.ts";
import { availability } from "../checks/availability.ts";
import { cacheAgrees } from "../checks/cache-agrees.ts";
import { deadLettersAreDeserved } from "../checks/dead-letters-are-deserved.ts";
import { effectsExactlyOnce } from "../checks/effects-exactly-once.ts";
import { errorBudget } from "../checks/error-budget.ts";
import { indexAgrees } from "../checks/index-agrees.ts";
import { latencyWithin } from "../checks/latency-within.ts";
import { linearizable } from "../checks/linearizable.ts";
import { noLostJobs } from "../checks/no-lost-jobs.ts";
import { noLostUpdates } from "../checks/no-lost-updates.ts";
import { noLostWrites } from "../checks/no-lost-writes.ts";
import { noStaleReads } from "../checks/no-stale-reads.ts";
import { nothingHangs } from "../checks/nothing-hangs.ts";
import { nothingLeftBehind } from "../checks/nothing-left-behind.ts";
import { recoversWithin } from "../checks/recovers-within.ts";
import { versionsNeverGoBack } from "../checks/versions-never-go-back.ts";
import type { Check } from "../model/check.ts";
import { rowAt } from "../model/history.ts";
import { bytes, count, duration, durationBeside, rate, statedDuration } from "../model/quantities.ts";
import { milliseconds, seconds } from "../model/units.ts";
import { HistoryWriter, readHistory } from "../store/history-file.ts";
import type { BenchOptions } from "./benches.ts";
import { correctHistory, evidenceAround, timeOf } from "./judging.ts";

const sizes = [100_000, 1_000_000, 10_000_000] as const;
const clients = [3, 10, 100] as const;
const keys = 1000;
const registerTarget = { perSecond: 5_000_000, ofTenMillionSeconds: 5 } as const;
const rejudgeTargetSeconds = 3;

/** Every check once, as a scenario would state it. */
const all: readonly Check[] = [
  linearizable(),
  versionsNeverGoBack(),
  noLostWrites(),
  noLostUpdates(),
  noStaleReads({ within: seconds(1) }),
  cacheAgrees(),
  indexAgrees({ lagWithin: seconds(5), operations: ["read"] }),
  noLostJobs(),
  effectsExactlyOnce(),
  deadLettersAreDeserved(),
  authFailsClosed({ revokedWithin: seconds(1) }),
  recoversWithin(seconds(1)),
  availability({ atLeast: 0.99 }),
  latencyWithin({ p99: milliseconds(100) }),
  errorBudget({ burnAtMost: 1 }),
  nothingHangs(),
  nothingLeftBehind(),
];

/** How fast verdicts are: the register check alone, and all checks over a stored run, its reading included. */
export function judge(options: BenchOptions): Promise<void> {
  registers(options);
  rejudging(options);
  return Promise.resolve();
}

function registers({ signal, output, keep }: BenchOptions): void {
  const { perSecond: target, ofTenMillionSeconds } = registerTarget;
  output.print(
    "",
    `register check, ${keys} keys, one thread; compared with ${target / 1e6} million operations a second, 10^7 in ${statedDuration(ofTenMillionSeconds * 1000)}`,
    `${"operations".padStart(12)}${"clients".padStart(9)}${"took".padStart(9)}${"rate".padStart(14)}${"memory".padStart(9)}`,
  );
  for (const operations of sizes) {
    for (const clientCount of clients) {
      signal.throwIfAborted();
      const made = { operations, keys, clients: clientCount };
      const evidence = evidenceAround(correctHistory(made), made);
      const took = timeOf(linearizable(), evidence);
      const perSecond = operations / took.seconds;
      const memoryMb = Math.round(process.memoryUsage.rss() / 1e6);
      keep({ bench: "register", comparedWith: target, operations, clients: clientCount, ...took, perSecond, memoryMb });
      output.print(
        `${count(operations).padStart(12)}${count(clientCount).padStart(9)}${duration(took.seconds * 1000).padStart(9)}${rate(perSecond).padStart(14)}${bytes(memoryMb * 1e6).padStart(9)}`,
      );
    }
  }
}

function rejudging({ output, keep }: BenchOptions): void {
  const folder = mkdtempSync(join(tmpdir(), "faultline-bench-"));
  try {
    const made = { operations: 1_000_000, keys, clients: 10 };
    const path = join(folder, "history.bin");
    const writer = new HistoryWriter(path);
    const history = correctHistory(made);
    for (let row = 0; row < history.count; row += 1) writer.append(rowAt(history, row));
    writer.close();
    const began = performance.now();
    const read = readHistory(path);
    const readSeconds = (performance.now() - began) / 1000;
    const evidence = evidenceAround(read.history, made);
    const each = all.map((check) => ({ check: check.name, ...timeOf(check, evidence) }));
    const total = readSeconds + each.reduce((sum, one) => sum + one.seconds, 0);
    const verdict = total <= rejudgeTargetSeconds ? "met" : "missed";
    keep({
      bench: "rejudge",
      comparedWith: rejudgeTargetSeconds,
      operations: made.operations,
      readSeconds,
      each,
      total,
    });
    output.print(
      "",
      `judging a stored run of 10^6 operations again, with all ${all.length} checks; compared with ${statedDuration(rejudgeTargetSeconds * 1000)}`,
    );
    output.print(`  ${"reading".padEnd(24)}${duration(readSeconds * 1000).padStart(9)}`);
    for (const one of each) output.print(`  ${one.check.padEnd(24)}${duration(one.seconds * 1000).padStart(9)}`);
    output.print(
      `  ${"all".padEnd(24)}${durationBeside(total * 1000, rejudgeTargetSeconds * 1000).padStart(9)}; target ${statedDuration(rejudgeTargetSeconds * 1000)}: ${verdict}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
