import type { Evidence } from "../check.ts";
import { type LoadPhase, loadPhases, phaseCode } from "../history.ts";
import { type Goodput, goodputOf } from "./goodput.ts";
import { timeToDetectMs, timeToImpactMs } from "./moments.ts";
import { type Recovery, recoveryOf } from "./recovery.ts";
import { type Absorption, absorptionOf, amplificationOf } from "./severity.ts";
import { summarise } from "./summary.ts";

/** All numbers that are derived from a run. `undefined` is what the run cannot tell, `null` what did not happen. */
export interface Figures {
  readonly timeToImpactMs: number | null | undefined;
  readonly timeToDetectMs: number | null | undefined;
  readonly recovery: Recovery | undefined;
  readonly amplification: number | undefined;
  readonly absorption: Absorption | undefined;
  /** ok ÷ intended, phase by phase. */
  readonly availability: Readonly<Partial<Record<LoadPhase, number>>>;
  readonly workloads: readonly {
    readonly name: string;
    readonly phases: Readonly<Partial<Record<LoadPhase, Goodput>>>;
  }[];
}

/** Each is a pure function of the evidence, with its definition beside it. */
export function figuresOf(evidence: Evidence): Figures {
  const inPhases = <T>(of: (phase: LoadPhase) => T | undefined): Partial<Record<LoadPhase, T>> =>
    Object.fromEntries(loadPhases.map((phase) => [phase, of(phase)]).filter(([, value]) => value !== undefined));
  return {
    timeToImpactMs: timeToImpactMs(evidence),
    timeToDetectMs: timeToDetectMs(evidence),
    recovery: recoveryOf(evidence),
    amplification: amplificationOf(evidence),
    absorption: absorptionOf(evidence),
    availability: inPhases((phase) => summarise(evidence.history, { phase: phaseCode(phase) }).okRatio),
    workloads: evidence.workloads.map((workload) => ({
      name: workload.name,
      phases: inPhases((phase) => goodputOf(evidence, workload, phase)),
    })),
  };
}
