import { createColors } from "picocolors";
import { describeProblem, exits, FaultlineError, messageOf } from "../model/errors.ts";
import { redact, redacting } from "../model/redact.ts";

/** Data goes to stdout, words go to stderr; the only place that prints. */
export interface Output {
  /** One document on stdout. */
  json(document: unknown): void;
  /** Lines on stdout: the answer that was asked for. */
  print(...lines: readonly string[]): void;
  /** Lines on stderr: what is going on. */
  say(...lines: readonly string[]): void;
  readonly colours: ReturnType<typeof createColors>;
  readonly width: number;
}

/** @param options.colour undefined: as the stream and NO_COLOR want it */
export function openOutput(options: { colour?: boolean | undefined; quiet?: boolean | undefined }): Output {
  const wanted =
    process.stderr.isTTY === true && (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb";
  return {
    json: (document) => process.stdout.write(`${JSON.stringify(document, redacting(), 2)}\n`),
    print: (...lines) => process.stdout.write(lines.map((line) => `${line}\n`).join("")),
    say(...lines) {
      if (options.quiet !== true) process.stderr.write(lines.map((line) => `${redact(line)}\n`).join(""));
    },
    colours: createColors(options.colour ?? wanted),
    width: process.stderr.columns ?? 100,
  };
}

/** An error as a person reads it; a bug with its stack, since only we can do something about it. */
export function explain(error: unknown): readonly string[] {
  if (error instanceof FaultlineError) return error.problems.map((problem) => `faultline: ${describeProblem(problem)}`);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [`faultline: this is a bug in Faultline [BUG]`, stack];
}

/** An error as a program reads it. */
export function errorDocument(error: unknown): object {
  if (!(error instanceof FaultlineError)) return { error: { code: "BUG", message: messageOf(error) } };
  return { error: { code: error.code, problems: error.problems } };
}

/** The exit code for an error. */
export const exitFor = (error: unknown): number => (error instanceof FaultlineError ? error.exit : exits.bug);
