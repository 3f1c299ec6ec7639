import { SetupFailure } from "./failure.mjs";
import { setUp } from "./setup.mjs";

/**
 * Something that only a part of the work needs.
 * @typedef {{ step: import("./steps.mjs").Step, without: string }} Extra `without`: what is left out where it can't be had
 */

/**
 * Gets what is worth having, where that can be done. Where it can't, everything else is still worth doing: what needs it
 * is left out, and that is said.
 * @param {Extra} extra
 * @param {Pick<import("./progress.mjs").Teller, "say" | "during">} teller
 * @throws {SetupFailure} only when it was interrupted
 */
export async function tryFor({ step, without }, teller) {
  try {
    await setUp({ ...teller, steps: [step] });
  } catch (error) {
    const canDoWithout =
      error instanceof SetupFailure && error.problems.every(({ code }) => code === "COMPONENT_NOT_TO_BE_HAD");
    if (!canDoWithout) throw error;
    teller.say(`${step.name} could not be had: ${without}. ${step.remedy}`);
  }
}
