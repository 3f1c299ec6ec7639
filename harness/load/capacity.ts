/** A workload whose promise was broken at a rate. */
export interface BrokenPromise {
  readonly workload: string;
  /** ok within the time that was promised ÷ due. */
  readonly goodRatio: number;
  /** The share that was promised. */
  readonly availability: number;
}

/** A system under an open loop of one rate. */
export interface RateTrial {
  readonly perSecond: number;
  /** Operations that were due. */
  readonly intended: number;
  /** ok within the time that was promised ÷ intended, over all workloads. */
  readonly goodRatio: number;
  /** Response times; `undefined` under the sample floor, `Infinity` (`null` in JSON) for what never succeeded. */
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  /** Whether the promise of every workload was kept. */
  readonly isKept: boolean;
  /** Those that were not kept; absent where there are none. */
  readonly broken?: readonly BrokenPromise[];
  /** Why the trial says nothing about the system; absent when it does. */
  readonly doubt?: string;
}

/** Where the promise stops being kept. */
export interface Capacity {
  /** Ascending by rate. */
  readonly trials: readonly RateTrial[];
  /** The highest rate that was kept; absent where there is none. */
  readonly holds?: number;
  /** The lowest rate above it that certainly was not kept; absent where there is none. */
  readonly breaks?: number;
  /** The lowest rate between the two of which the trial says nothing; absent where there is none. */
  readonly doubted?: number;
}

/** How near the two rates are to be. */
const precision = 1.08;
const mostTrials = 9;

/**
 * Searches for the highest open-loop rate at which a promise is kept. Bisects below `ceiling`, which a closed loop found,
 * and goes above it when even that is kept; above a rate of which a trial says nothing it does not go.
 * @param ceiling operations per second, above 0
 * @param attempt loads the system with this rate for a while; undefined ends the search
 */
export async function searchCapacity(
  ceiling: number,
  attempt: (perSecond: number) => Promise<RateTrial | undefined>,
): Promise<Capacity> {
  const trials: RateTrial[] = [];
  let [holds, limit]: [number, number | undefined] = [0, undefined];
  let next = ceiling * 0.7;
  while (trials.length < mostTrials) {
    const trial = await attempt(rounded(next));
    if (trial === undefined) break;
    trials.push(trial);
    if (isProven(trial)) holds = trial.perSecond;
    else limit = trial.perSecond;
    if (limit !== undefined && limit <= Math.max(1, holds * precision)) break;
    // Far below everything that was kept there is nothing more to find out.
    if (holds === 0 && next < ceiling / 100) break;
    next = limit === undefined ? holds * 1.3 : holds === 0 ? limit / 2 : Math.sqrt(holds * limit);
  }
  return capacityOf(trials);
}

const isProven = ({ isKept, doubt }: RateTrial): boolean => isKept && doubt === undefined;

/** What trials come to. No rate is said to hold above one that was broken. */
export function capacityOf(trials: readonly RateTrial[]): Capacity {
  const broken = trials.filter(({ isKept, doubt }) => !isKept && doubt === undefined);
  const breaks = lowestOf(broken);
  const holds = trials
    .filter((trial) => isProven(trial) && trial.perSecond < (breaks ?? Infinity))
    .reduce((highest, { perSecond }) => Math.max(highest, perSecond), 0);
  const doubted = lowestOf(
    trials.filter(
      ({ doubt, perSecond }) => doubt !== undefined && perSecond > holds && perSecond < (breaks ?? Infinity),
    ),
  );
  return {
    trials: trials.toSorted((one, other) => one.perSecond - other.perSecond),
    ...(holds === 0 ? {} : { holds }),
    ...(breaks === undefined ? {} : { breaks }),
    ...(doubted === undefined ? {} : { doubted }),
  };
}

const lowestOf = (trials: readonly RateTrial[]): number | undefined =>
  trials.length === 0 ? undefined : Math.min(...trials.map(({ perSecond }) => perSecond));

/** To two digits, as rates are spoken of; three where two would be too coarse to bisect. */
const rounded = (perSecond: number): number => Number(perSecond.toPrecision(3));
