import { type Comparison, compare as compareSides, type Outcome } from "../model/compare/comparison.ts";
import { exits, usageError } from "../model/errors.ts";
import { compareLines, compareMarkdown, renderComparison } from "../report/index.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import { baselineText } from "../store/baseline-file.ts";
import { writeAnswer } from "./answer-file.ts";
import type { Output } from "./output.ts";
import { refuseOtherPlans, sideFrom } from "./sides.ts";

export interface CompareFlags {
  readonly format: string;
  readonly output?: string;
}

/** How a comparison can be told. */
const formats: Readonly<Record<string, (comparison: Comparison, output: Output) => string>> = {
  terminal: (comparison, output) => `${terminalLines(comparison, output).join("\n")}\n`,
  markdown: compareMarkdown,
  html: renderComparison,
  json: (comparison) => `${JSON.stringify(comparison, null, 2)}\n`,
};

/**
 * `faultline compare <base> <run…>`: what changed between two sides, each of one or several runs.
 * @param base folders or ids with commas between them, or a baseline file
 * @returns 0, 1 when something got worse, 2 when it cannot tell
 * @throws FaultlineError (64) when the two sides were not asked the same
 */
export function compare(base: string, runs: readonly string[], flags: CompareFlags, output: Output): number {
  const format = Object.hasOwn(formats, flags.format) ? formats[flags.format] : undefined;
  if (format === undefined) {
    throw usageError({
      code: "UNKNOWN_FORMAT",
      where: "--format",
      message: `there is no format "${flags.format}"`,
      remedy: didYouMean(flags.format, Object.keys(formats)),
    });
  }
  const [before, after] = [sideFrom(base.split(",").filter((name) => name !== "")), sideFrom(runs)];
  refuseOtherPlans(before, after, "compare");
  const comparison = compareSides(before, after);
  const text = format(comparison, output);
  if (flags.output === undefined) output.print(text.trimEnd());
  else {
    writeAnswer(flags.output, text);
    output.say(...terminalLines(comparison, output));
    output.print(flags.output);
  }
  return exitOfComparison(comparison);
}

/** `faultline baseline <run…>`: what a comparison needs of some runs, in one small file. @returns the exit code */
export function baseline(runs: readonly string[], flags: { readonly output?: string }, output: Output): number {
  const text = baselineText(sideFrom(runs));
  if (flags.output === undefined) output.print(text.trimEnd());
  else {
    writeAnswer(flags.output, text);
    output.print(flags.output);
  }
  return exits.pass;
}

/** For the end of a run and of `compare`. */
export const terminalLines = (comparison: Comparison, { colours, width }: Output): readonly string[] =>
  compareLines(comparison, { colour: colours.isColorSupported, width });

export const exitOfComparison = ({ outcome }: Comparison): number => exitOfOutcome[outcome];

const exitOfOutcome: Readonly<Record<Outcome, number>> = {
  worse: exits.fail,
  better: exits.pass,
  "no change": exits.pass,
  "cannot tell": exits.inconclusive,
};
