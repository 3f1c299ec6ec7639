import { SetupFailure } from "./failure.mjs";

/**
 * One way to get something. `applies` tells why it can't be gone here, or nothing when it can.
 * @typedef {{ name: string, applies(): string | undefined, run(): Promise<void> }} Way
 */

/**
 * Goes the ways in order until one has led to the goal.
 * @param {string} component what is to be had
 * @param {readonly Way[]} ways
 * @param {(line: string) => void} say
 * @param {() => Promise<boolean>} isThere asked after each way: a package manager that is content may have brought too old a version
 * @param {string} remedy what to type when no way leads there
 * @throws {SetupFailure} with what was tried and why each failed
 */
export async function goOneOf(component, ways, say, isThere, remedy) {
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
      await way.run();
      if (await isThere()) return;
      tried.push(`${way.name}: went well, but ${component} is still not there in the version that is needed`);
    } catch (error) {
      tried.push(`${way.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    say(`${component}: ${tried.at(-1)}`);
  }
  const message = `could not be had. Tried:${tried.map((one) => `\n    - ${one}`).join("")}`;
  throw new SetupFailure([{ code: "COMPONENT_NOT_TO_BE_HAD", where: component, message, remedy }]);
}
