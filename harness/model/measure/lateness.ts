import type { Evidence } from "../check.ts";
import { outcomeCode } from "../history.ts";

const [okCode, overflowCode] = [outcomeCode("ok"), outcomeCode("overflow")];
const leastNotedMs = 50;

/** Whether this operation can have been ok within so many ms, had the generator been in time and the machine not stood still. */
export function canHaveBeenGood({ history, generator }: Evidence, row: number, withinMs: number): boolean {
  const [dueMs, endMs] = [history.intendedMs[row]!, history.endMs[row]!];
  const outcome = history.outcome[row]!;
  if (outcome === overflowCode) return true;
  const isHeldUp = (generator.standstills ?? []).some(
    ({ fromMs, toMs }) => fromMs < endMs && dueMs < toMs + (toMs - fromMs),
  );
  if (outcome !== okCode) return isHeldUp;
  const isTainted = generator.tainted.some(({ fromMs, toMs }) => fromMs < endMs && dueMs < toMs);
  const ownMs = isTainted ? 2 * Math.max(leastNotedMs, generator.lagMaxMs) : 0;
  return isHeldUp || endMs - dueMs - ownMs <= withinMs;
}
