/** Below it ln n! is taken from a sum; from it on the error of Stirling's formula is a short series. */
const seriesFrom = 16;
const lnFactorials = [0];
for (let n = 1; n < seriesFrom; n += 1) lnFactorials.push(lnFactorials[n - 1]! + Math.log(n));

/** The continued fraction is done when a step changes it by less than that. */
const precision = 1e-15;
const tiny = 1e-300;

/**
 * P(X ≤ hits) of a binomial X: how likely so few hits are when each of `total` hits with the probability `share`. By the
 * regularised incomplete beta function; to about ten digits, also far out in the tail and for ten million.
 */
export function atMost(hits: number, total: number, share: number): number {
  if (hits < 0) return 0;
  return hits >= total ? 1 : atLeast(total - hits, total, 1 - share, share);
}

/**
 * P(X ≥ hits) of a binomial X, see `atMost`.
 * @param rest 1 − share; where the share is near 1 the caller may know it more exactly than a subtraction does
 */
export function atLeast(hits: number, total: number, share: number, rest: number = 1 - share): number {
  if (hits <= 0) return 1;
  if (hits > total || share <= 0) return 0;
  if (share >= 1) return 1;
  // The fraction converges quickly on the side of the tail; on the other side it is what the tail leaves.
  if (hits >= share * (total + 1)) return tail(hits, total, share, rest);
  return 1 - tail(total - hits + 1, total, rest, share);
}

/** I(share; hits, total − hits + 1) by Lentz's method (Press et al., "Numerical Recipes", 3rd ed., 2007, § 6.4). */
function tail(hits: number, total: number, share: number, rest: number): number {
  const [a, b] = [hits, total - hits + 1];
  let c = 1;
  let d = 1 / guarded(1 - ((a + b) * share) / (a + 1));
  let fraction = d;
  // As many steps as it takes: about the root of the larger of both.
  for (let step = 1; step <= 1000 + 20 * Math.sqrt(total); step += 1) {
    const even = (step * (b - step) * share) / ((a + 2 * step - 1) * (a + 2 * step));
    d = 1 / guarded(1 + even * d);
    c = guarded(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + step) * (a + b + step) * share) / ((a + 2 * step) * (a + 2 * step + 1));
    d = 1 / guarded(1 + odd * d);
    c = guarded(1 + odd / c);
    const change = d * c;
    fraction *= change;
    if (Math.abs(change - 1) < precision) break;
  }
  // share^a · rest^b ÷ (a · B(a, b)) is the probability of exactly so many hits, times `rest`.
  return Math.min(1, exactly(hits, total, share, rest) * rest * fraction);
}

const guarded = (value: number): number => (Math.abs(value) < tiny ? tiny : value);

/**
 * P(X = hits) by the saddle point, which loses no digits where factorials would (C. Loader, "Fast and Accurate Computation
 * of Binomial Probabilities", 2000).
 */
function exactly(hits: number, total: number, share: number, rest: number): number {
  const misses = total - hits;
  if (misses === 0) return Math.exp(total * lnOf(share, rest));
  if (hits === 0) return Math.exp(total * lnOf(rest, share));
  const exponent =
    stirlingError(total) -
    stirlingError(hits) -
    stirlingError(misses) -
    deviance(hits, total * share) -
    deviance(misses, total * rest);
  return Math.exp(exponent) * Math.sqrt(total / (2 * Math.PI * hits * misses));
}

/** ln of a share, from what is missing to 1 where that is less. */
const lnOf = (share: number, rest: number): number => (rest < share ? Math.log1p(-rest) : Math.log(share));

/** ln n! less Stirling's formula for it. */
function stirlingError(n: number): number {
  if (n < seriesFrom) return lnFactorials[n]! - (0.5 * Math.log(2 * Math.PI * n) + n * Math.log(n) - n);
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / n;
}

/** seen · ln(seen ÷ expected) + expected − seen, without the loss of digits where both are near each other. */
function deviance(seen: number, expected: number): number {
  const difference = seen - expected;
  if (Math.abs(difference) >= 0.1 * (seen + expected)) return seen * Math.log(seen / expected) - difference;
  const ratio = difference / (seen + expected);
  let sum = difference * ratio;
  let term = 2 * seen * ratio;
  for (let power = 1; ; power += 1) {
    term *= ratio * ratio;
    const next = sum + term / (2 * power + 1);
    if (next === sum) return sum;
    sum = next;
  }
}
