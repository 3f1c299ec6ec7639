import { sampleRun } from "../../../report/testing/sample-run.ts";
import { historyOf, outcomeCode, phaseCode, setRow } from "../../history.ts";
import type { StoredRun } from "../../run.ts";
import { type SidePhase, sidePhases } from "../side.ts";

/** How runs of one system differ among themselves, and within. */
export interface Noise {
  /** Correlation of an operation's latency with that of the one before it, in [0, 1). */
  readonly within: number;
  /** Standard deviation of the logarithm of a run's latency: 0.1 makes two of three runs differ by up to 10 %. */
  readonly between: number;
  /** How the effects of runs are distributed: `two modes` is a machine that is busy in one half of the runs. */
  readonly shape: "normal" | "heavy" | "two modes";
  /** Whether a run's effect is the same in all phases and kinds of operation, or each has one of its own. */
  readonly scope: "run" | "each";
}

/** What is really different about the system, in every phase. */
export interface Effect {
  readonly latencyTimes?: number;
  /** Added to the share of operations that are not ok. */
  readonly failing?: number;
  /** Only in this phase. */
  readonly phase?: SidePhase;
}

/** Numbers in [0, 1) (mulberry32): thousands of runs are drawn. */
export function drawFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** By Box and Muller. */
const normalFrom = (draw: () => number) => (): number =>
  Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());

const template = sampleRun({ verdict: "pass" });
const perSecond = 100;
const okShare = 0.995;

/** A run that never was, of a system with noise; its id is its own. */
export function noisyRun(id: string, seed: number, noise: Noise, effect: Effect = {}): StoredRun {
  const draw = drawFrom(seed);
  const normal = normalFrom(draw);
  const { record } = template;
  const operations = record.plan.operations.length;
  const effects = effectsOf(noise, operations, draw, normal);
  const { fromMs } = record.phases.steady!;
  const count = Math.floor(((record.phases.recovery!.toMs - fromMs) / 1000) * perSecond);
  const history = historyOf(count);
  let [slow, bad] = [normal(), normal()];
  for (let row = 0; row < count; row += 1) {
    const intendedMs = fromMs + (row * 1000) / perSecond;
    const phase = sidePhases.find((one) => intendedMs < record.phases[one]!.toMs)!;
    const operation = Math.min(operations - 1, Math.floor(draw() ** 2 * operations));
    const rest = Math.sqrt(1 - noise.within ** 2);
    slow = noise.within * slow + rest * normal();
    bad = noise.within * bad + rest * normal();
    const own = effects[sidePhases.indexOf(phase) * operations + operation]!;
    const isHit = effect.phase === undefined || effect.phase === phase;
    const usualMs = (phase === "faults" ? 20 : 8) * (1 + operation) * (isHit ? (effect.latencyTimes ?? 1) : 1);
    // A run that is slow also fails more.
    const failing = Math.min(0.9, (1 - okShare) * Math.exp(3 * own));
    const isOk = shareBelow(bad) >= failing && !(isHit && draw() < (effect.failing ?? 0));
    setRow(history, row, {
      id: row,
      operation,
      session: 0,
      key: row % 200,
      target: 0,
      phase: phaseCode(phase),
      granted: 0,
      outcome: outcomeCode(isOk ? "ok" : "failed"),
      error: 0,
      value: Number.NaN,
      version: Number.NaN,
      intendedMs,
      dispatchedMs: intendedMs,
      wireMs: intendedMs,
      endMs: intendedMs + usualMs * Math.exp(own + 0.4 * slow),
    });
  }
  return { ...template, history, record: { ...record, id } };
}

/** On the logarithm of the latency, one for each phase and kind of operation. */
function effectsOf(noise: Noise, operations: number, draw: () => number, normal: () => number): readonly number[] {
  const one = (): number => {
    if (noise.shape === "two modes") return noise.between * (draw() < 0.5 ? -1 : 1) * (1 + 0.05 * normal());
    return noise.shape === "heavy" ? noise.between * normal() * Math.exp(normal()) : noise.between * normal();
  };
  const shared = one();
  return Array.from({ length: sidePhases.length * operations }, () => (noise.scope === "run" ? shared : one()));
}

/** The normal distribution function (Abramowitz and Stegun 26.2.17, to 1e-7). */
function shareBelow(z: number): number {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(z));
  const poly =
    t * (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  const above = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return z >= 0 ? 1 - above : above;
}
