/**
 * Something that is needed could not be had. The command line tells it in the same form as its own errors.
 * @typedef {{ code: string, where: string, message: string, remedy: string }} Problem
 */
export class SetupFailure extends Error {
  /** @param {readonly Problem[]} problems what is missing, what was tried, and what to type */
  constructor(problems) {
    super(problems.map((one) => `${one.where}: ${one.message} [${one.code}]\n  ${one.remedy}`).join("\n"));
    this.name = "SetupFailure";
    this.problems = problems;
    /** The system could not be started. */
    this.exit = 3;
  }
}
