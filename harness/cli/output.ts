import { stripVTControlCharacters } from "node:util";
import { createColors } from "picocolors";
import { describeProblem, exits, FaultlineError, messageOf } from "../model/errors.ts";
import { redact, redacting } from "../model/redact.ts";
import { quoted } from "../report/text.ts";

/** Data goes to stdout, words go to stderr; the only place that prints. */
export interface Output {
  /** One document on stdout. */
  json(document: unknown): void;
  /** Lines on stdout: the answer that was asked for. */
  print(...lines: readonly string[]): void;
  /** Lines on stderr: what is going on. */
  say(...lines: readonly string[]): void;
  /** Lines on stderr for the program that reads them, as a CI does; also when nothing is said. */
  call(...lines: readonly string[]): void;
  /** Nothing is said then: an answer that is usually said must be printed. */
  readonly isQuiet: boolean;
  /** Whether lines can be pinned: on a terminal that moves its cursor, with a person before it. */
  readonly isLive: boolean;
  /** Lines that stay below whatever is said, until others take their place; none takes them away. */
  pin(lines: readonly string[]): void;
  readonly colours: ReturnType<typeof createColors>;
  readonly width: number;
}

/** @param options.colour undefined: as the stream and NO_COLOR want it */
export function openOutput(options: { colour?: boolean | undefined; quiet?: boolean | undefined }): Output {
  const takesColours = ({ isTTY }: { readonly isTTY?: boolean }): boolean =>
    isTTY === true && (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb";
  const wanted = takesColours(process.stderr);
  const isLive =
    process.stderr.isTTY === true &&
    process.env["TERM"] !== "dumb" &&
    process.env["CI"] === undefined &&
    options.quiet !== true;
  let pinned: readonly string[] = [];
  const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");
  /** One write, so that nobody sees the screen half drawn: back over what is pinned, and it again below what is new. */
  const draw = (lines: readonly string[], below: readonly string[]): void => {
    const rows = rowsOf(pinned, process.stderr.columns);
    const erase = rows === 0 ? "" : `\u001b[${rows}A\u001b[J`;
    pinned = below;
    process.stderr.write(`${erase}${redact(textOf(lines))}${textOf(pinned)}`);
  };
  return {
    json: (document) => process.stdout.write(`${JSON.stringify(document, redacting(), 2)}\n`),
    print(...lines) {
      // What is piped into another program is plain, whatever the terminal beside it can show.
      const text = textOf(lines);
      process.stdout.write(takesColours(process.stdout) ? text : stripVTControlCharacters(text));
    },
    say(...lines) {
      if (options.quiet !== true) draw(lines, pinned);
    },
    call: (...lines) => draw(lines, pinned),
    isQuiet: options.quiet === true,
    isLive,
    pin(lines) {
      if (isLive) draw([], lines);
    },
    colours: createColors(options.colour ?? wanted),
    get width() {
      return process.stderr.columns ?? 100;
    },
  };
}

/** How many rows lines take now: a terminal that has become narrower has broken those that were drawn before. */
function rowsOf(lines: readonly string[], columns = Number.POSITIVE_INFINITY): number {
  const rows = lines.map((line) => Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns)));
  return rows.reduce((sum, count) => sum + count, 0);
}

/** An error as a person reads it; a bug with its stack, since only we can do something about it. */
export function explain(error: unknown): readonly string[] {
  if (error instanceof FaultlineError) {
    // A message may have in it what a component wrote last.
    const told = error.problems.map((one) => describeProblem({ ...one, message: quoted(one.message) }));
    return told.map((text) => `faultline: ${text}`);
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [`faultline: this is a bug in Faultline [BUG]`, quoted(stack)];
}

/** An error as a program reads it. */
export function errorDocument(error: unknown): object {
  if (!(error instanceof FaultlineError)) return { error: { code: "BUG", message: messageOf(error) } };
  return { error: { code: error.code, problems: error.problems } };
}

/** The exit code for an error. */
export const exitFor = (error: unknown): number => (error instanceof FaultlineError ? error.exit : exits.bug);
