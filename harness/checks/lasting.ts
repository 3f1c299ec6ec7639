import type { Evidence } from "../model/check.ts";
import { loadEndMs } from "../model/measure/moments.ts";
import { durationBeside } from "../model/quantities.ts";

/** What is on for less may be over in a moment. */
const lastsAtLeastMs = 5000;
/** A breaker half-opens only for a caller: so long traffic must have met it, after every heal. */
const trafficAtLeastMs = 5000;

/** Whether something that is on at the end of a run stays on. */
export interface Lasting {
  readonly isProven: boolean;
  readonly forMs: number;
  /** Why it is not proven, as it follows "but". */
  readonly why: string;
}

/** Something that has been on without a break until a moment. Times on the run's clock. */
export interface OnSince {
  readonly sinceMs: number;
  readonly atMs: number;
  /** Whether it may need a caller to go off. */
  readonly needsTraffic: boolean;
}

/**
 * Whether what is on at the end is there to stay: on for long enough since everything was healed, with traffic that
 * would have ended it, and not already all through the steady phase, as then it is no fault's doing. What comes on when
 * the load is over needs no load to go off.
 */
export function lasting(evidence: Evidence, { sinceMs, atMs, needsTraffic }: OnSince): Lasting {
  const { phases, receipts } = evidence;
  const forMs = atMs - sinceMs;
  const fromMs = Math.max(sinceMs, ...receipts.map(({ healProvenMs }) => healProvenMs ?? Number.NEGATIVE_INFINITY));
  const loadOverMs = loadEndMs(evidence);
  const trafficMs = loadOverMs - fromMs;
  const no = (why: string): Lasting => ({ isProven: false, forMs, why });
  if (sinceMs <= (phases.steady?.fromMs ?? Number.NEGATIVE_INFINITY))
    return no("it was all through the steady phase, too");
  if (!(atMs - fromMs >= lastsAtLeastMs))
    return no(`only ${durationBeside(Math.max(0, atMs - fromMs), lastsAtLeastMs)} after every heal`);
  if (needsTraffic && sinceMs < loadOverMs && trafficMs < trafficAtLeastMs) {
    return no(`had only ${durationBeside(Math.max(0, trafficMs), trafficAtLeastMs)} of traffic to go off`);
  }
  return { isProven: true, forMs, why: "" };
}
