// How every quantity reads, on a terminal, in HTML, Markdown, JUnit XML and on GitHub alike: one function each. A rounded
// value never reads as what it is not: 999.6 ms is 1 s and not 1000 ms, 0.9996 is 99.96 % and not 100 %, and only
// nothing is 0. What was measured is rounded; what was stated (a limit, an option, a plan) is shown whole.

/** `1,612`, `−3`, `0.25`: a number with its thousands grouped, all of its digits, and a minus as wide as a plus. */
export const count = (value: number): string => (value === 0 ? "0" : figures.format(value).replace("-", "−"));

/** Two of them: `1 operation`, `2,000 operations`. */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/**
 * A measured length of time, to about three digits.
 * @returns `840 µs`, `3.2 ms`, `41 ms`, `1.34 s`, `12.3 s`, `14.5 min`; `never` for what did not end; `–` for what is
 *   not known
 */
export function duration(ms: number | null | undefined): string {
  return isMeasured(ms) ? statedDuration(roundedTo(ms, durationStep(ms))) : notMeasured(ms);
}

/**
 * A measured length of time beside its limit, with the digits that it takes to see on which side of it.
 * @returns `2.003 s` beside 2000, where `duration` would say `2 s`
 */
export function durationBeside(ms: number | null | undefined, limitMs: number | undefined): string {
  return isMeasured(ms) ? statedDuration(besideLimit(ms, limitMs, durationStep(ms))) : notMeasured(ms);
}

/** A length of time that was stated, whole: `250 ms`, `2 s`, `12.345 s`, `10 min`. */
export function statedDuration(ms: number): string {
  const size = Math.abs(ms);
  if (size !== 0 && size < 1) return `${count(ms * 1000)} µs`;
  if (size < 1000) return `${count(ms)} ms`;
  const isShort = size % (minuteMs / 10) === 0;
  if (size < 10 * minuteMs || !isShort) return `${count(ms / 1000)} s`;
  if (size < 10 * hourMs || size % (hourMs / 10) !== 0) return `${count(ms / minuteMs)} min`;
  return `${count(ms / hourMs)} h`;
}

/** How long something will take, as far as that can be known: `less than a minute`, `12 min`, `1.5 h`. */
export function estimate(ms: number): string {
  const minutes = Math.round(ms / minuteMs);
  if (minutes < 1) return "less than a minute";
  return minutes < 90 ? `${minutes} min` : `${count(roundedTo(minutes / 60, 0.1))} h`;
}

/** A point on the run's clock, to the millisecond: `12.004 s`. */
export const clock = (ms: number | null | undefined): string => (isMeasured(ms) ? `${seconds(ms)} s` : notMeasured(ms));

/** A point relative to the first injection: `+0.412 s`, `−1.200 s`. */
export function relative(ms: number | null): string {
  return isMeasured(ms) ? `${roundedTo(ms, 1) < 0 ? "" : "+"}${seconds(ms)} s` : "never";
}

/** A stretch of the run's clock: `0.5–8.5 s`. */
export const stretch = (fromMs: number, toMs: number): string =>
  `${count(roundedTo(fromMs, 1) / 1000)}–${count(roundedTo(toMs, 1) / 1000)} s`;

/** A clock that runs: `02:05`. Rounded down: no second is over before its end. */
export function stopwatch(ms: number): string {
  const whole = Math.floor(ms / 1000);
  return `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
}

/**
 * A measured share, to a tenth of a percent, and closer to all or nothing with two digits of what is missing to it:
 * `99.4 %`, `99.96 %`, `0.04 %`. Only 1 is `100 %`, only 0 is `0 %`.
 * @param towards where it is rounded to; `down` for what must not look as if it had reached more
 */
export function percent(share: number | null | undefined, towards: Towards = "nearest"): string {
  return isMeasured(share) ? statedPercent(roundedTo(apart(share), shareStep(share), towards)) : "–";
}

/** A measured share beside its limit, with the digits that it takes to see on which side of it: `99.496 %`. */
export function percentBeside(share: number | null | undefined, limit: number): string {
  return isMeasured(share) ? statedPercent(besideLimit(apart(share), limit, shareStep(share))) : "–";
}

/** A share that was stated, whole: `99.95 %`. */
export const statedPercent = (share: number): string => `${count(apart(share) * 100)} %`;

/** How many a second, measured: `118.3/s`, `2,413/s`, `0.042/s`. */
export const rate = (perSecond: number): string => statedRate(roundedTo(perSecond, rateStep(perSecond)));

/** How many a second, as stated: `120/s`. */
export const statedRate = (perSecond: number): string => `${count(perSecond)}/s`;

/** An amount of data, measured: `512 B`, `9.6 kB`, `41 MB`. */
export function bytes(value: number): string {
  const { of } = byteUnit(value);
  return statedBytes(roundedTo(value, Math.abs(value) < 10 * of ? Math.max(1, of / 10) : of));
}

/** An amount of data that was stated, whole: `1.25 MB`. A kB is 1,000 B. */
export function statedBytes(value: number): string {
  const { of, name } = byteUnit(value);
  return `${count(value / of)} ${name}`;
}

/** How much data a second, as stated: `20 kB/s`. */
export const statedThroughput = (bytesPerSecond: number): string => `${statedBytes(bytesPerSecond)}/s`;

/** How many times as much as something else: `1.93`, `14.4`. */
export const multiple = (value: number): string => count(roundedTo(value, multipleStep(value)));

/** The same beside its limit, with the digits that it takes to see on which side of it: `3.004`. */
export const multipleBeside = (value: number, limit: number): string =>
  count(besideLimit(value, limit, multipleStep(value)));

/** How likely something is by chance: `p 0.042`, `p < 0.001`, `p > 0.99`. */
export function probability(p: number): string {
  if (p < 0.001) return "p < 0.001";
  return p >= 0.995 && p < 1 ? "p > 0.99" : `p ${count(Number(p.toPrecision(2)))}`;
}

/** Where a value is rounded to. */
type Towards = "nearest" | "down" | "up";

/**
 * A value in whole steps, a half away from zero, free of what arithmetic on floating-point numbers adds.
 * @param step a power of ten, or ten times less than a unit
 */
export function roundedTo(value: number, step: number, towards: Towards = "nearest"): number {
  const steps = Number((value / step).toPrecision(cleanDigits));
  if (towards === "down") return exact(Math.floor(steps), step);
  if (towards === "up") return exact(Math.ceil(steps), step);
  return Math.sign(steps) * exact(Math.round(Math.abs(steps)), step);
}

/** A fraction is divided by its inverse: 3 / 10 is 0.3, and 3 × 0.1 is more. */
const exact = (steps: number, step: number): number => (step < 1 ? steps / Math.round(1 / step) : steps * step);

/** Twelve digits are more than anything here has, and fewer than those in which arithmetic errs. */
const cleanDigits = 12;
const hair = 1e-12;

const [minuteMs, hourMs] = [60_000, 3_600_000] as const;

const byteUnits = [
  { of: 1, name: "B" },
  { of: 1000, name: "kB" },
  { of: 1_000_000, name: "MB" },
  { of: 1_000_000_000, name: "GB" },
] as const;

const byteUnit = (value: number): (typeof byteUnits)[number] =>
  byteUnits.findLast(({ of }) => Math.abs(value) >= of) ?? byteUnits[0];

const figures = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 15 });

const isMeasured = (value: number | null | undefined): value is number =>
  typeof value === "number" && Number.isFinite(value);

const notMeasured = (ms: number | null | undefined): string =>
  ms === undefined || ms === null || Number.isNaN(ms) ? "–" : "never";

/** With three digits after the point, so that points of time stand below each other. */
const seconds = (ms: number): string => (roundedTo(ms, 1) / 1000).toFixed(3).replace("-", "−");

function durationStep(ms: number): number {
  const size = Math.abs(ms);
  if (size < 0.001) return leadingStep(size);
  if (size < 1) return 0.001;
  if (size < 10) return 0.1;
  if (size < 1000) return 1;
  if (size < 10_000) return 10;
  if (size < 10 * minuteMs) return 100;
  return size < 10 * hourMs ? minuteMs / 10 : hourMs / 10;
}

/** What is nearer to all or nothing than this, and is neither, is beyond what any run can show: it is kept apart. */
function apart(share: number): number {
  if (share !== 0 && Math.abs(share) < hair) return Math.sign(share) * hair;
  if (share > 1 && share - 1 < hair) return 1;
  return share < 1 ? Math.min(share, 1 - hair) : share;
}

/** Two digits of what is missing to all or to nothing, and a tenth of a percent at the most. */
function shareStep(share: number): number {
  const missing = Number(Math.min(Math.abs(share), Math.abs(1 - share)).toPrecision(cleanDigits));
  return Math.min(0.001, leadingStep(Math.max(missing, hair)) / 10);
}

function rateStep(perSecond: number): number {
  const size = Math.abs(perSecond);
  return size >= 1000 ? 1 : Math.min(0.1, leadingStep(size) / 10);
}

function multipleStep(value: number): number {
  const size = Math.abs(value);
  if (size >= 100) return 1;
  return size >= 10 ? 0.1 : Math.min(0.01, leadingStep(size) / 10);
}

/** The worth of the first digit that is not 0. */
const leadingStep = (size: number): number => (size === 0 ? 1 : 10 ** Math.floor(Math.log10(size)));

/** With the fewest digits that leave the value where it is: below its limit, at it, or above it. */
function besideLimit(value: number, limit: number | undefined, step: number): number {
  if (limit === undefined) return roundedTo(value, step);
  const side = Math.sign(Number((value - limit).toPrecision(cleanDigits)));
  // A limit that was measured itself has digits without end: at it, a few more are enough.
  const finest = side === 0 ? step / 10_000 : hair;
  for (let finer = step; finer > finest; finer /= 10) {
    const rounded = roundedTo(value, finer);
    if (Math.sign(rounded - limit) === side) return rounded;
  }
  return side === 0 ? roundedTo(value, finest) : value;
}
