import { phaseCode } from "../../model/history.ts";
import type { StoredRun } from "../../model/run.ts";
import { sampleRun } from "./sample-run.ts";

/** Runs of three variants: two are equally slow while the fault lasts, the third is quick and breaks a law. */
export const sampleVariants = (repeats = 4): readonly StoredRun[] => [
  ...sampleOf("slow", 40, repeats),
  ...sampleOf("even", 40, repeats),
  ...sampleOf("quick", 0, repeats, "fail"),
];

/** The sample run as those of a variant, so much slower while the fault lasts. */
function sampleOf(variant: string, slowerMs: number, repeats: number, verdict: "pass" | "fail" = "pass") {
  const run = sampleRun({ verdict });
  const history = structuredClone(run.history!);
  for (let row = 0; row < history.count; row += 1) {
    if (history.phase[row] === phaseCode("faults")) history.endMs[row]! += slowerMs;
  }
  const { record } = run;
  return Array.from({ length: repeats }, (_, index): StoredRun => {
    const id = `${record.id}-${variant}${index === 0 ? "" : `-${index}`}`;
    return { ...run, history, record: { ...record, id, scenario: { ...record.scenario, variant } } };
  });
}
