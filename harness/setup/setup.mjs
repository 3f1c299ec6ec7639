import { componentSteps } from "./steps.mjs";

/**
 * Gets everything that is missing, one line a step, and never asks.
 * @param {{ say: (line: string) => void, steps?: readonly import("./steps.mjs").Step[] }} options
 * @returns {Promise<Record<string, import("./locate.mjs").Found>>} component → what was found
 * @throws {import("./failure.mjs").SetupFailure} when something can't be had
 */
export async function setUp({ say, steps = componentSteps() }) {
  /** @type {Record<string, import("./locate.mjs").Found>} */
  const found = {};
  for (const step of steps) {
    const began = performance.now();
    let look = await step.look();
    if (look.found === undefined) {
      say(`${step.name}: ${look.problem}`);
      await stillAtWork(step.name, say, () => step.get(say));
      look = await step.look();
    }
    if (look.found === undefined) throw new Error(`${step.name} was got, but is not found: ${look.problem}`);
    found[step.name] = look.found;
    say(`${step.name} ${look.found.version} from ${look.found.from} (${seconds(performance.now() - began)})`);
  }
  return found;
}

/**
 * Says every ten seconds that a long step goes on.
 * @template T
 * @param {string} name
 * @param {(line: string) => void} say
 * @param {() => Promise<T>} body
 */
export async function stillAtWork(name, say, body) {
  const began = performance.now();
  const timer = setInterval(() => say(`${name}: still at work, ${seconds(performance.now() - began)}`), 10_000);
  try {
    return await body();
  } finally {
    clearInterval(timer);
  }
}

/** @param {number} ms */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
