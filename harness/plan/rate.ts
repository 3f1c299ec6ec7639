import type { Rate } from "../model/workload.ts";

/** How many arrivals are due by when, on average: the integral of a rate, and its inverse. */
export interface Accumulated {
  /** Arrivals that are due in all, on average. */
  readonly count: number;
  /** When the mean reaches `arrivals`, in ms after the start of the load. `arrivals` in [0, count). */
  readonly timeOf: (arrivals: number) => number;
}

interface Piece {
  readonly fromMs: number;
  readonly lengthMs: number;
  /** Arrivals per ms at its start and its end. */
  readonly first: number;
  readonly last: number;
  /** Arrivals before it. */
  readonly before: number;
}

/**
 * A rate that changes over time as one that never does: arrivals of rate 1, put through the inverse of the integral of
 * the rate, are arrivals of that rate (Çinlar, "Introduction to Stochastic Processes", 1975, the time change).
 */
export function accumulated(rate: Rate, totalMs: number): Accumulated {
  const pieces: Piece[] = [];
  let count = 0;
  for (const [fromMs, first, toMs, last] of stretches(rate, totalMs)) {
    const lengthMs = toMs - fromMs;
    if (lengthMs <= 0) continue;
    pieces.push({ fromMs, lengthMs, first: first / 1000, last: last / 1000, before: count });
    count += ((first + last) / 2000) * lengthMs;
  }
  let current = 0;
  return {
    count,
    timeOf: (arrivals) => {
      // Mostly asked in ascending order.
      if (arrivals < (pieces[current]?.before ?? 0)) current = 0;
      while (current + 1 < pieces.length && pieces[current + 1]!.before <= arrivals) current += 1;
      const piece = pieces[current];
      return piece === undefined ? totalMs : piece.fromMs + timeInto(piece, arrivals - piece.before);
    },
  };
}

/** The straight lines of the curve within [0, totalMs]: `[from, rate there, to, rate there]`. */
function stretches(rate: Rate, totalMs: number): (readonly [number, number, number, number])[] {
  if (typeof rate === "number") return [[0, rate, totalMs, rate]];
  const corners = [
    { at: Math.min(0, rate[0]!.at), perSecond: rate[0]!.perSecond },
    // A duration is an object until a scenario was read.
    ...rate.map(({ at, perSecond }) => ({ at: Number(at), perSecond })),
    { at: Math.max(totalMs, rate.at(-1)!.at), perSecond: rate.at(-1)!.perSecond },
  ];
  return corners.slice(1).map((to, index) => {
    const from = corners[index]!;
    const at = (ms: number): number =>
      to.at === from.at
        ? to.perSecond
        : from.perSecond + ((to.perSecond - from.perSecond) * (ms - from.at)) / (to.at - from.at);
    const [fromMs, toMs] = [Math.min(from.at, totalMs), Math.min(to.at, totalMs)];
    return [fromMs, at(fromMs), toMs, at(toMs)] as const;
  });
}

/** Solves `first · x + (last − first) / (2 · length) · x² = arrivals`, in the form that is exact for a flat piece, too. */
function timeInto({ first, last, lengthMs }: Piece, arrivals: number): number {
  const slope = (last - first) / lengthMs;
  const root = Math.sqrt(Math.max(0, first * first + 2 * slope * arrivals));
  return first + root === 0 ? 0 : Math.min(lengthMs, (2 * arrivals) / (first + root));
}
