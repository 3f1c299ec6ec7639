import { compare } from "../comparison.ts";
import { seriesOfRuns } from "../run-values.ts";
import type { Side } from "../side.ts";
import { sideOf } from "../side-of.ts";
import { type Effect, type Noise, noisyRun } from "./noisy-run.ts";

/** So many pairs of sides, that 5 of 100 called a change by chance differ clearly from 8 of 100. */
export const pairs = 400;

/** Whole runs, operation by operation, that are judged as stored runs are. */
export const noises = {
  "a little noise that lasts": { within: 0.8, between: 0.05, shape: "normal", scope: "run" },
  "much noise, each metric its own": { within: 0.95, between: 0.15, shape: "normal", scope: "each" },
  "a machine that is busy in every second run": { within: 0.95, between: 0.2, shape: "two modes", scope: "run" },
  "now and then a wild run": { within: 0.5, between: 0.15, shape: "heavy", scope: "each" },
} as const satisfies Readonly<Record<string, Noise>>;

/** In how many comparisons any metric was called so. */
export interface Called {
  worse: number;
  better: number;
}

/** How many runs each side has, in words. */
export type Sizes = `${number} v ${number}`;

/** Compares so many pairs of sides; those of several sizes have their runs in common. */
export function calledIn(
  count: number,
  sizes: readonly Sizes[],
  noise: Noise,
  effect?: Effect,
): Readonly<Record<string, Called>> {
  const called: Record<string, Called> = Object.fromEntries(sizes.map((size) => [size, { worse: 0, better: 0 }]));
  const most = Math.max(...sizes.flatMap(numbersOf));
  for (let pair = 0; pair < count; pair += 1) {
    const base = sideFrom(most, pair * 100, noise);
    const run = sideFrom(most, pair * 100 + 50, noise, effect);
    for (const size of sizes) {
      const [before = 0, after = 0] = numbersOf(size);
      const changes = compare(firstOf(base, before), firstOf(run, after)).metrics.map(({ change }) => change);
      if (changes.includes("worse")) called[size]!.worse += 1;
      else if (changes.includes("better")) called[size]!.better += 1;
    }
  }
  return called;
}

const numbersOf = (size: Sizes): readonly number[] => size.split(" v ").map(Number);

const template = sideOf([noisyRun("template", 0, noises["a little noise that lasts"])]);

/** Without the figures and checks, which take longer to compute than all the rest. */
function sideFrom(count: number, seed: number, noise: Noise, effect?: Effect): Side {
  const runs = Array.from({ length: count }, (_, index) =>
    noisyRun(`run-${seed + index}`, seed + index, noise, effect),
  );
  return { ...template, runs: runs.map(({ record }) => record.id), series: seriesOfRuns(runs) };
}

function firstOf(side: Side, count: number): Side {
  const series = side.series.map(({ p50Ms, p99Ms, notOkShare, okPerSecond, due, ...of }) => ({
    ...of,
    due: due.slice(0, count),
    p50Ms: p50Ms.slice(0, count),
    p99Ms: p99Ms.slice(0, count),
    notOkShare: notOkShare.slice(0, count),
    okPerSecond: okPerSecond.slice(0, count),
  }));
  return { ...side, runs: side.runs.slice(0, count), series };
}
