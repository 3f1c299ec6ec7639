import type { exits } from "../exits.ts";
import { attachCodes } from "./attach.ts";
import type { CodeInfo } from "./code-info.ts";
import { commandLineCodes } from "./command-line.ts";
import { composeFileCodes } from "./compose-file.ts";
import { configurationCodes } from "./configuration.ts";
import { containersCodes } from "./containers.ts";
import { scenarioCodes } from "./scenario.ts";
import { setUpCodes } from "./set-up.ts";
import { startCodes } from "./start.ts";
import { storedRunCodes } from "./stored-runs.ts";
import { systemCodes } from "./system.ts";

/** Title → its codes, in the order of `docs/errors.md`. */
export const codeGroups = {
  "The command line": commandLineCodes,
  "Configuration and scenario files": configurationCodes,
  "The scenario": scenarioCodes,
  "The system": systemCodes,
  "The compose file": composeFileCodes,
  "Start and end of a system": startCodes,
  "The container engine": containersCodes,
  "A system that runs already": attachCodes,
  "Stored runs and comparisons": storedRunCodes,
  "Set-up": setUpCodes,
} as const;

/**
 * Every code that an error of Faultline's may have, with what it exits with, what it means and what to do. A code that is
 * not here does not compile; `docs/errors.md` is made from this.
 */
export const errorCodes = {
  ...commandLineCodes,
  ...configurationCodes,
  ...scenarioCodes,
  ...systemCodes,
  ...composeFileCodes,
  ...startCodes,
  ...containersCodes,
  ...attachCodes,
  ...storedRunCodes,
  ...setUpCodes,
} as const;

/** A code of Faultline's own. */
export type ErrorCode = keyof typeof errorCodes;

/** A code of a check or a fault of the user's own, which no code of Faultline's will ever be. */
export type OwnCode = `OWN_${string}`;

/** What a problem may be called. */
export type ProblemCode = ErrorCode | OwnCode;

type ExitOf<Code extends ErrorCode> = (typeof errorCodes)[Code]["exit"];

/** The codes of errors that may end a command with this exit code, as `CodeWith<"usage">`. */
export type CodeWith<Exit extends keyof typeof exits> = {
  [Code in ErrorCode]: (typeof exits)[Exit] extends ExitOf<Code> | Extract<ExitOf<Code>, readonly number[]>[number]
    ? Code
    : never;
}[ErrorCode];

/** What a code exits with; several where it depends on the command. */
export const exitsOfCode = ({ exit }: CodeInfo): readonly number[] => (typeof exit === "number" ? [exit] : exit);
