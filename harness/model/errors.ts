import type { CodeWith, ProblemCode } from "./error-codes/index.ts";
import { exits } from "./exits.ts";

export { exits, worstExit } from "./exits.ts";

/** Where the remedy for one mistake lies. */
export interface Problem<Code extends ProblemCode = ProblemCode> {
  /** Stable, as `UNKNOWN_COMPONENT`: what a script may test. `docs/errors.md` has all; a check of one's own has `OWN_…`. */
  readonly code: Code;
  /** The field, flag or file that is wrong, as `faults[0].inject`. */
  readonly where: string;
  /** What is wrong, with the value that was given. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** An error that a user can act on. Anything else that is thrown is a bug in Faultline. */
export class FaultlineError extends Error {
  readonly code: ProblemCode;
  readonly exit: number;
  readonly problems: readonly Problem[];

  /** @param problems at least one; the first one names the error */
  constructor(exit: number, problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map(describeProblem).join("\n"), options);
    this.name = "FaultlineError";
    this.code = problems[0]?.code ?? "BUG";
    this.exit = exit;
    this.problems = problems;
  }
}

/** One problem on one or two lines: where, what, and the remedy. */
export function describeProblem(problem: Problem): string {
  return `${problem.where}: ${problem.message} [${problem.code}]\n  ${problem.remedy}`;
}

/** The user, or whoever runs us, asked us to end. */
export class Interrupted extends FaultlineError {
  readonly by: "SIGINT" | "SIGTERM";

  constructor(signal: "SIGINT" | "SIGTERM") {
    const remedy = "Everything was healed and ended; what had been seen by then is in the run folder.";
    const exit = signal === "SIGINT" ? exits.interrupted : exits.terminated;
    super(exit, [{ code: "INTERRUPTED", where: "run", message: `interrupted by ${signal}`, remedy }]);
    this.name = "Interrupted";
    this.by = signal;
  }
}

/** @returns what interrupted a run, in a word, from the reason of an aborted signal */
export function interruptedBy(reason: unknown): string {
  return reason instanceof Interrupted ? reason.by : messageOf(reason);
}

/** A usage or configuration error (exit 64) with a single problem. */
export function usageError(problem: Problem<CodeWith<"usage">>, options?: ErrorOptions): FaultlineError {
  return new FaultlineError(exits.usage, [problem], options);
}

/** The system under test could not be started or stopped (exit 3). */
export function systemError(problem: Problem<CodeWith<"system">>, options?: ErrorOptions): FaultlineError {
  return new FaultlineError(exits.system, [problem], options);
}

/** The message of anything that was thrown, with the causes that it names; of our own errors without the remedies. */
export function messageOf(error: unknown): string {
  if (error instanceof FaultlineError) {
    return error.problems.map(({ where, message }) => `${where}: ${message}`).join("; ");
  }
  if (!(error instanceof Error)) return String(error);
  const own = error.message || error.name;
  return error.cause === undefined ? own : `${own}: ${messageOf(error.cause)}`;
}
