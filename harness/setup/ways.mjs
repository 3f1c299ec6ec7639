import { messageOf, SetupFailure } from "./failure.mjs";

/**
 * One way to get something. `applies` tells why it can't be gone here, or nothing when it can.
 * @typedef {{ name: string, applies(): string | undefined, run(signal: AbortSignal): Promise<void> }} Way
 *
 * What the ways are to lead to. `isThere` is asked after each way, since a package manager that is content may have
 * brought too old a version; `remedy` says what to type when no way leads there.
 * @typedef {{ component: string, isThere: () => Promise<boolean>, remedy: string }} Goal
 *
 * Who is told of it, and what interrupts it.
 * @typedef {{ say: (line: string) => void, signal: AbortSignal }} Company
 */

/**
 * Goes the ways in order until one has led to the goal.
 * @param {Goal} goal
 * @param {readonly Way[]} ways
 * @param {Company} company
 * @throws {SetupFailure} with what was tried and why each failed
 */
export async function goOneOf({ component, isThere, remedy }, ways, { say, signal }) {
  /** @type {string[]} */
  const tried = [];
  for (const way of ways) {
    const hindrance = way.applies();
    if (hindrance !== undefined) {
      tried.push(`${way.name}: ${hindrance}`);
      continue;
    }
    say(`${component}: ${way.name}`);
    try {
      await way.run(signal);
      if (await isThere()) return;
      tried.push(`${way.name}: went well, but ${component} is still not there in the version that is needed`);
    } catch (error) {
      // An interruption is no reason to try the next way.
      signal.throwIfAborted();
      tried.push(`${way.name}: ${messageOf(error)}`);
    }
    say(`${component}: ${tried.at(-1)}`);
  }
  const message = `could not be had. Tried:${tried.map((one) => `\n    - ${one}`).join("")}`;
  throw new SetupFailure([{ code: "COMPONENT_NOT_TO_BE_HAD", where: component, message, remedy }]);
}
