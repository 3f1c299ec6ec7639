/**
 * The codes of the set-up. What each means is in harness/model/error-codes/, which a bare Node 20 cannot read.
 * @typedef {"CACHE_NOT_PASSABLE" | "CACHE_NOT_WRITABLE" | "COMPONENT_NOT_TO_BE_HAD" | "ENGINE_NOT_STARTED" | "INTERRUPTED"
 *   | "LOCKED" | "MISSING_COMPONENT" | "NODE_TOO_OLD" | "NO_COMMAND" | "NO_ENGINE" | "NO_OWN_NODE" | "NPM_CI_FAILED"
 *   | "UNSUPPORTED_PLATFORM"} Code
 */

/**
 * Something that is needed could not be had. The command line tells it in the same form as its own errors.
 * @typedef {{ code: Code, where: string, message: string, remedy: string }} Problem
 */
export class SetupFailure extends Error {
  /**
   * @param {readonly Problem[]} problems what is missing, what was tried, and what to type
   * @param {number} [exit] 3: the system could not be started
   */
  constructor(problems, exit = 3) {
    super(problems.map((one) => `${one.where}: ${one.message} [${one.code}]\n  ${one.remedy}`).join("\n"));
    this.name = "SetupFailure";
    this.problems = problems;
    this.exit = exit;
  }
}

/**
 * Does things side by side, each to its end; what failed is told together, so that one look shows all that is missing.
 * @template T
 * @param {readonly Promise<T>[]} parts
 * @returns {Promise<T[]>}
 */
export async function allTogether(parts) {
  const results = await Promise.allSettled(parts);
  const errors = results.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  const failures = errors.filter((error) => error instanceof SetupFailure);
  if (errors.length > failures.length) throw errors.find((error) => !failures.includes(error));
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) {
    const problems = failures.flatMap((one) => one.problems);
    throw new SetupFailure(distinct(problems), Math.max(...failures.map((one) => one.exit)));
  }
  return results.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
}

/** An interruption hits everything that is under way, and is one problem. @param {readonly Problem[]} problems */
const distinct = (problems) => [...new Map(problems.map((one) => [JSON.stringify(one), one])).values()];

/**
 * The message of anything that was thrown, with its causes: `fetch failed` alone helps nobody.
 * @param {unknown} error
 * @returns {string}
 */
export function messageOf(error) {
  if (!(error instanceof Error)) return String(error);
  const own = error.message || error.name;
  return error.cause === undefined ? own : `${own}: ${messageOf(error.cause)}`;
}
