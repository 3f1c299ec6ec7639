import { createHash } from "node:crypto";

/** Eight characters that differ between runs: the beginning of every value that the run writes. */
export function runTokenOf(runId: string): string {
  return createHash("sha256").update(runId).digest("hex").slice(0, 8);
}
