/**
 * How likely Student's t is at least this large.
 * @param t any number, or an infinity
 * @param freedom degrees of freedom, a whole number from 1
 * @returns P(T ≥ t), by the finite series of Abramowitz and Stegun, "Handbook of mathematical functions" (1964), 26.7.3
 * and 26.7.4; exact to about 1e-15, so that what is smaller comes out as 0
 */
export function studentsTail(t: number, freedom: number): number {
  const inside = centre(Math.abs(t), freedom);
  const tail = Math.max(0, (1 - inside) / 2);
  return t >= 0 ? tail : 1 - tail;
}

/** P(−t < T < t). */
function centre(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = 0;
  // The exponents of the cosine go from 1 or 0 to freedom − 2, in steps of 2.
  for (let power = isOdd ? 1 : 0; power <= freedom - 2; power += 2) {
    sum += term;
    term *= ((power + 1) / (power + 2)) * cosine * cosine;
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}
