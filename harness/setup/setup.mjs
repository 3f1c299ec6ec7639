import { allTogether } from "./failure.mjs";
import { interruptible } from "./interrupt.mjs";
import { heartbeat, seconds } from "./progress.mjs";
import { componentSteps } from "./steps.mjs";

/**
 * Gets everything that is missing, side by side, and never asks. Ctrl-C ends what is under way, and undoes it.
 * @param {{ say: (line: string) => void, during?: import("./progress.mjs").Teller["during"],
 *   steps?: readonly import("./steps.mjs").Step[] }} options
 * @returns {Promise<Record<string, import("./locate.mjs").Found>>} component → what was found
 * @throws {import("./failure.mjs").SetupFailure} with all that can't be had
 */
export async function setUp({ say, during = heartbeat(say).during, steps = componentSteps() }) {
  const found = await interruptible((signal) =>
    allTogether(steps.map(async (step) => /** @type {const} */ ([step.name, await have(step, say, during, signal)]))),
  );
  return Object.fromEntries(found);
}

/**
 * @param {import("./steps.mjs").Step} step
 * @param {(line: string) => void} say
 * @param {import("./progress.mjs").Teller["during"]} during
 * @param {AbortSignal} signal
 */
async function have(step, say, during, signal) {
  const began = performance.now();
  let look = await step.look();
  if (look.found === undefined) {
    say(`${step.name}: ${look.problem}`);
    await during(step.name, () => step.get({ say, signal }));
    look = await step.look();
  }
  if (look.found === undefined) throw new Error(`${step.name} was got, but is not found: ${look.problem}`);
  say(`${step.name} ${look.found.version} from ${look.found.from} (${seconds(performance.now() - began)})`);
  return look.found;
}
