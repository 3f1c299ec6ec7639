import { phaseCode } from "../../model/history.ts";
import type { StoredRun } from "../../model/run.ts";
import { sampleRun } from "./sample-run.ts";

/** Runs of three variants: two are equally slow while the fault lasts, the third is quick and breaks a law. */
export const sampleVariants = (): readonly StoredRun[] => [
  sampleOf("slow", 40),
  sampleOf("even", 40),
  sampleOf("quick", 0, "fail"),
];

/** The sample run as one of a variant, so much slower while the fault lasts. */
function sampleOf(variant: string, slowerMs: number, verdict: "pass" | "fail" = "pass"): StoredRun {
  const run = sampleRun({ verdict });
  const history = structuredClone(run.history!);
  for (let row = 0; row < history.count; row += 1) {
    if (history.phase[row] === phaseCode("faults")) history.endMs[row]! += slowerMs;
  }
  const { record } = run;
  const id = `${record.id}-${variant}`;
  return { ...run, history, record: { ...record, id, scenario: { ...record.scenario, variant } } };
}
