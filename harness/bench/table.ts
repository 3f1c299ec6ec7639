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

const columns = ["", "rate", "ok/s", "p50", "p99", "p99.9", "max ms", "not ok", "lag p99"];

export const tableHead: string = columns.map((name) => name.padStart(9)).join("");

/** A line for each kind of operation, and what it took. */
export function describe(measurement: Measurement): readonly string[] {
  const { operations, lag, perSecond, lengthSeconds, errors, usage, leftover } = measurement;
  const rows = Object.entries(operations).map(([name, { intended, okPerSecond, ok, counts }]) => {
    const times = [ok.p50Ms, ok.p99Ms, ok.p999Ms, ok.maxMs].map((ms) => figure(ms, 1));
    const notOk = intended - (counts["ok"] ?? 0);
    const cells = [`${name}s`, figure(intended / lengthSeconds), figure(okPerSecond), ...times, figure(notOk)];
    return [...cells, figure(lag.p99Ms, 1)].map((cell) => cell.padStart(9)).join("");
  });
  const said = Object.entries(errors).map(([text, count]) => `${count} × ${text}`);
  return [
    ...rows,
    ...(usage === undefined ? [] : [note("cores", describeCores(usage))]),
    ...(Object.keys(measurement.served).length === 0 ? [] : [note("answered", shares(measurement.served))]),
    ...(leftover === undefined ? [] : [note("then", describeLeftover(leftover))]),
    ...(said.length === 0 ? [] : [note("not ok", said.slice(0, 4).join(", "))]),
    ...(lag.taintedSeconds === 0
      ? []
      : [note("doubt", `the generator itself was late in ${lag.taintedSeconds} s at ${figure(perSecond)}/s`)]),
  ];
}

const note = (name: string, text: string): string => `${name.padStart(18)}  ${text}`;

function describeCores({ cores, elsewhere }: NonNullable<Measurement["usage"]>): string {
  const told = Object.entries(cores).map(([role, used]) => `${role} ${used.toFixed(2)}`);
  return [...told, `not ours ${elsewhere.toFixed(2)}`].join(", ");
}

function shares(counts: Readonly<Record<string, number>>): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${((count / total) * 100).toFixed(2)} %`)
    .join(", ");
}

function describeLeftover(leftover: NonNullable<Measurement["leftover"]>): string {
  const { pending, fulfilled, dead, drainedAfterSeconds } = leftover;
  const after =
    drainedAfterSeconds === undefined
      ? "the orders were not all fulfilled in time"
      : `the last order was fulfilled ${drainedAfterSeconds.toFixed(1)} s after the load`;
  return `${after} (${pending} were pending at its end); in all ${fulfilled} fulfilled, ${dead} dead`;
}

/** Whether the rate of the target was kept by one kind of operation, of which there is nothing else in the load. */
export function judgeRate(operation: string, target: number, measured: readonly Measurement[]): string {
  const aim = `target ${figure(target)}/s with p99 under ${targets.p99Ms} ms`;
  const rates = measured.flatMap(({ perSecond, operations }) => {
    const p99Ms = operations[operation]?.all.p99Ms;
    const okRatio = operations[operation]?.okRatio ?? 0;
    return p99Ms === undefined ? [] : [{ perSecond, isKept: okRatio >= 0.999 && p99Ms < targets.p99Ms }];
  });
  const highest = Math.max(0, ...rates.filter(({ isKept }) => isKept).map(({ perSecond }) => perSecond));
  if (highest >= target) return `${aim}: met (up to ${figure(highest)}/s)`;
  // What fails at a higher rate says nothing of this one.
  const isRefuted = rates.some(({ perSecond, isKept }) => perSecond <= target && !isKept);
  if (!isRefuted) return `${aim}: not measured, or not for long enough`;
  return `${aim}: NOT met${highest === 0 ? "" : ` (met up to ${figure(highest)}/s)`}`;
}

/** A line for each API, and whether it keeps to its memory. */
export function describeMemory({ memoryMb, lengthSeconds }: Measurement): readonly string[] {
  const rows = Object.entries(memoryMb).map(([api, samples]) => {
    const { first, last, largest, growthMbPerMinute } = memoryFigures(samples);
    const all = `first ${figure(first, 1)}, last ${figure(last, 1)}, largest ${figure(largest, 1)} MB`;
    return note(api, `${all}; ${figure(growthMbPerMinute, 2)} MB a minute after the first ${settledAfterSeconds} s`);
  });
  const figures = Object.values(memoryMb).map(memoryFigures);
  const isSmall = figures.length > 0 && figures.every(({ largest }) => largest < targets.apiMemoryMb);
  const isSteady = figures.every(({ growthMbPerMinute }) => growthMbPerMinute < growthLimitMbPerMinute);
  const growth =
    lengthSeconds < growthNeedsMinutes * 60
      ? `growth can't be told in less than ${growthNeedsMinutes} minutes (--minutes)`
      : `not growing (under ${growthLimitMbPerMinute} MB a minute): ${isSteady ? "met" : "NOT met"}`;
  return [...rows, `target under ${targets.apiMemoryMb} MB for each API: ${isSmall ? "met" : "NOT met"}; ${growth}`];
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

/** A number for people; a dash for what could not be told. */
function figure(value: number | undefined, digits = 0): string {
  if (value === undefined || !Number.isFinite(value)) return "–";
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
