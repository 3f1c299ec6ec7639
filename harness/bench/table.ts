import { bytes, count, duration, multiple, percent, rate, statedDuration } from "../model/quantities.ts";
import type { Measurement } from "./measure.ts";
import { growthPerMinute, type Sample } from "./trend.ts";

/** What is aimed at; told beside the figures, and no reason to fail. */
export const targets = { readsPerSecond: 1500, ordersPerSecond: 250, p99Ms: 50, apiMemoryMb: 150 } as const;

/** Growth below this is noise: an hour of it is a third of the memory that an API starts with. */
const growthLimitMbPerMinute = 0.5;
/** What an API takes in its first half minute is how it grows into its work. */
const settledAfterSeconds = 30;
/** Memory comes and goes with the collector; from fewer minutes no growth can be told. */
const growthNeedsMinutes = 5;

const columns = ["", "rate", "ok", "p50", "p99", "p99.9", "max", "not ok", "lag p99"];

export const tableHead: string = columns.map((name) => name.padStart(9)).join("");

/** A line for each kind of operation, and what it took. */
export function describe(measurement: Measurement): readonly string[] {
  const { operations, lag, perSecond, lengthSeconds, errors, usage, leftover } = measurement;
  const rows = Object.entries(operations).map(([name, { intended, okPerSecond, ok, counts }]) => {
    const times = [ok.p50Ms, ok.p99Ms, ok.p999Ms, ok.maxMs].map(duration);
    const notOk = intended - (counts["ok"] ?? 0);
    const cells = [`${name}s`, rate(intended / lengthSeconds), rate(okPerSecond), ...times, count(notOk)];
    return [...cells, duration(lag.p99Ms)].map((cell) => cell.padStart(9)).join("");
  });
  const said = Object.entries(errors).map(([text, times]) => `${count(times)} × ${text}`);
  return [
    ...rows,
    ...(usage === undefined ? [] : [note("cores", describeCores(usage))]),
    ...(Object.keys(measurement.served).length === 0 ? [] : [note("answered", shares(measurement.served))]),
    ...(leftover === undefined ? [] : [note("then", describeLeftover(leftover))]),
    ...(said.length === 0 ? [] : [note("not ok", said.slice(0, 4).join(", "))]),
    ...(lag.taintedSeconds === 0
      ? []
      : [
          note(
            "doubt",
            `the generator itself was late in ${statedDuration(lag.taintedSeconds * 1000)} at ${rate(perSecond)}`,
          ),
        ]),
  ];
}

const note = (name: string, text: string): string => `${name.padStart(18)}  ${text}`;

function describeCores({ cores, elsewhere }: NonNullable<Measurement["usage"]>): string {
  const parts = Object.entries(cores).map(([role, used]) => `${role} ${multiple(used)}`);
  return [...parts, `not ours ${multiple(elsewhere)}`].join(", ");
}

function shares(counts: Readonly<Record<string, number>>): string {
  const total = Object.values(counts).reduce((sum, one) => sum + one, 0);
  return Object.entries(counts)
    .map(([name, one]) => `${name} ${percent(one / total)}`)
    .join(", ");
}

function describeLeftover(leftover: NonNullable<Measurement["leftover"]>): string {
  const { pending, fulfilled, dead, drainedAfterSeconds } = leftover;
  const after =
    drainedAfterSeconds === undefined
      ? "the orders were not all fulfilled in time"
      : `the last order was fulfilled ${duration(drainedAfterSeconds * 1000)} after the load`;
  return `${after} (${count(pending)} were pending at its end); in all ${count(fulfilled)} fulfilled, ${count(dead)} dead`;
}

/** Whether the rate of the target was kept by one kind of operation, of which there is nothing else in the load. */
export function judgeRate(operation: string, target: number, measured: readonly Measurement[]): string {
  const aim = `target ${rate(target)} with p99 under ${statedDuration(targets.p99Ms)}`;
  const rates = measured.flatMap(({ perSecond, operations }) => {
    const p99Ms = operations[operation]?.all.p99Ms;
    const okRatio = operations[operation]?.okRatio ?? 0;
    return p99Ms === undefined ? [] : [{ perSecond, isKept: okRatio >= 0.999 && p99Ms < targets.p99Ms }];
  });
  const highest = Math.max(0, ...rates.filter(({ isKept }) => isKept).map(({ perSecond }) => perSecond));
  if (highest >= target) return `${aim}: met (up to ${rate(highest)})`;
  // What fails at a higher rate says nothing of this one.
  const isRefuted = rates.some(({ perSecond, isKept }) => perSecond <= target && !isKept);
  if (!isRefuted) return `${aim}: not measured, or not for long enough`;
  return `${aim}: NOT met${highest === 0 ? "" : ` (met up to ${rate(highest)})`}`;
}

/** A line for each API, and whether it keeps to its memory. */
export function describeMemory({ memoryMb, lengthSeconds }: Measurement): readonly string[] {
  const rows = Object.entries(memoryMb).map(([api, samples]) => {
    const { first, last, largest, growthMbPerMinute } = memoryFigures(samples);
    const all = `first ${megabytes(first)}, last ${megabytes(last)}, largest ${megabytes(largest)}`;
    return note(
      api,
      `${all}; ${megabytes(growthMbPerMinute)} a minute after the first ${statedDuration(settledAfterSeconds * 1000)}`,
    );
  });
  const figures = Object.values(memoryMb).map(memoryFigures);
  const isSmall = figures.length > 0 && figures.every(({ largest }) => largest < targets.apiMemoryMb);
  const isSteady = figures.every(({ growthMbPerMinute }) => growthMbPerMinute < growthLimitMbPerMinute);
  const growth =
    lengthSeconds < growthNeedsMinutes * 60
      ? `growth can't be told in less than ${growthNeedsMinutes} minutes (--minutes)`
      : `not growing (under ${megabytes(growthLimitMbPerMinute)} a minute): ${isSteady ? "met" : "NOT met"}`;
  return [
    ...rows,
    `target under ${megabytes(targets.apiMemoryMb)} for each API: ${isSmall ? "met" : "NOT met"}; ${growth}`,
  ];
}

/** In MB, and MB a minute. `NaN` where there are too few samples. */
export function memoryFigures(samples: readonly Sample[]) {
  const values = samples.map(({ value }) => value);
  return {
    first: values[0] ?? Number.NaN,
    last: values.at(-1) ?? Number.NaN,
    largest: Math.max(...values),
    growthMbPerMinute: growthPerMinute(samples.filter(({ atSeconds }) => atSeconds >= settledAfterSeconds)),
  };
}

/** A dash where there are too few samples. */
const megabytes = (value: number): string => (Number.isFinite(value) ? bytes(value * 1e6) : "–");
