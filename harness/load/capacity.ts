/** A system under an open loop of one rate. */
export interface RateTrial {
  readonly perSecond: number;
  /** Operations that were due. */
  readonly intended: number;
  /** ok within the time that was promised ÷ intended. */
  readonly goodRatio: number;
  /** Response times; `undefined` under the sample floor, `Infinity` for what never succeeded. */
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  /** Whether the promise was kept. */
  readonly isKept: boolean;
  /** Why the trial says nothing about the system; absent when it does. */
  readonly doubt?: string;
}

/** Where the promise stops being kept. */
export interface Capacity {
  /** Ascending by rate. */
  readonly trials: readonly RateTrial[];
  /** The highest rate that was kept, and the lowest above it that was not; absent where there is none. */
  readonly holds?: number;
  readonly breaks?: number;
}

/** How near the two rates are to be. */
const precision = 1.08;
const mostTrials = 9;

/**
 * Searches for the highest open-loop rate at which a promise is kept. Bisects below `ceiling`, which a closed loop found,
 * and goes above it when even that is kept; a trial that says nothing counts as not kept, and is told with its reason.
 * @param ceiling operations per second, above 0
 * @param attempt loads the system with this rate for a while
 */
export async function searchCapacity(
  ceiling: number,
  attempt: (perSecond: number) => Promise<RateTrial>,
): Promise<Capacity> {
  const trials: RateTrial[] = [];
  let [holds, breaks]: [number, number | undefined] = [0, undefined];
  let next = ceiling * 0.7;
  while (trials.length < mostTrials) {
    const trial = await attempt(rounded(next));
    trials.push(trial);
    if (trial.isKept && trial.doubt === undefined) holds = trial.perSecond;
    else breaks = trial.perSecond;
    if (breaks !== undefined && breaks <= Math.max(1, holds * precision)) break;
    // Far below everything that was kept there is nothing more to find out.
    if (holds === 0 && next < ceiling / 100) break;
    next = breaks === undefined ? holds * 1.3 : holds === 0 ? breaks / 2 : Math.sqrt(holds * breaks);
  }
  return {
    trials: trials.toSorted((one, other) => one.perSecond - other.perSecond),
    ...(holds === 0 ? {} : { holds }),
    ...(breaks === undefined ? {} : { breaks }),
  };
}

/** To two digits, as rates are spoken of; three where two would be too coarse to bisect. */
const rounded = (perSecond: number): number => Number(perSecond.toPrecision(3));
