import type { GeneratorReport, Interval } from "../model/check.ts";
import { heldUp } from "../model/measure/lateness.ts";

/** What is left of a stretch without others, in order. */
export function without(span: Interval, others: readonly Interval[]): readonly Interval[] {
  let left: readonly Interval[] = [span];
  for (const { fromMs, toMs } of others) {
    left = left.flatMap((piece) => [
      { fromMs: piece.fromMs, toMs: Math.min(piece.toMs, fromMs) },
      { fromMs: Math.max(piece.fromMs, toMs), toMs: piece.toMs },
    ]);
    left = left.filter((piece) => piece.toMs > piece.fromMs);
  }
  return left;
}

/** Of pieces that do not overlap. */
export function lengthOf(pieces: readonly Interval[]): number {
  return pieces.reduce((sumMs, { fromMs, toMs }) => sumMs + Math.max(0, toMs - fromMs), 0);
}

/** A window in which the load generator was late by less has cost no other process a second either. */
const harmlessLagMs = 100;

/**
 * How much of a stretch the machine itself may have held up the system, in ms: while the load generator was late in a way
 * that counts, and while nothing ran and as long again, in which what had piled up was worked off.
 */
export function lateOrHeldUpMs(generator: GeneratorReport, span: Interval): number {
  const late = generator.tainted.filter(({ lagMaxMs = Number.POSITIVE_INFINITY }) => lagMaxMs >= harmlessLagMs);
  return lengthOf([span]) - lengthOf(without(span, [...late, ...heldUp(generator)]));
}
