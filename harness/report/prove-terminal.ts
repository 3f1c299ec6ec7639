import pc from "picocolors";
import { type Fate, type MutantProof, type Proof, sureness, type Tally } from "../model/prove/proof.ts";
import { duration, percent, plural } from "../model/quantities.ts";
import { oneLine } from "./text.ts";

/** A proof for a terminal: a line for each mutant, what needs a person at the end. */
export function proofLines(
  proof: Proof,
  options: {
    readonly colour: boolean;
    readonly page: string;
    readonly replay: (cell: { readonly scenario: string; readonly mutant: string | null }) => string;
  },
): readonly string[] {
  const colours = pc.createColors(options.colour);
  const signs = { caught: colours.green("✓"), survived: colours.red("✗"), untold: colours.yellow("?") };
  const width = Math.max(0, ...proof.mutants.map(({ name }) => name.length));
  const paint = { pass: colours.green, fail: colours.red, inconclusive: colours.yellow }[proof.verdict];
  const failing = proof.correct.filter(({ failed }) => failed > 0);
  const survivors = proof.mutants.filter(({ fate }) => fate === "survived");
  return [
    ...(proof.mutants.length === 0 ? [] : ["Mutants"]),
    ...proof.mutants.map((one) => `  ${signs[one.fate]} ${oneLine(one.name).padEnd(width)}  ${fateWords(one)}`),
    "The correct system",
    ...(proof.correct.length === 0 ? [`  ${signs.untold} was not run`] : []),
    ...proof.correct.flatMap((one) => [
      `  ${one.failed > 0 ? signs.survived : one.passed > 0 ? signs.caught : signs.untold} ${correctWords(one)}`,
      ...(one.passed === one.runs || one.said === undefined ? [] : [`    ${colours.dim(oneLine(one.said))}`]),
    ]),
    ...(proof.canary === null
      ? []
      : ["The canary", `  ${signs[fateOfCanary(proof.canary)]} ${canaryWords(proof.canary)}`]),
    "",
    `${colours.bold(paint(proof.verdict.toUpperCase()))}  ${oneLine(proof.sentence)}`,
    ...(proof.incomplete === undefined ? [] : [`  ${oneLine(proof.incomplete.remedy)}`]),
    ...failing.map(({ scenario }) => `  again: ${options.replay({ scenario, mutant: null })}`),
    ...survivors.flatMap(({ name, scenarios }) =>
      scenarios.slice(0, 1).map(({ scenario }) => `  again: ${options.replay({ scenario, mutant: name })}`),
    ),
    `  table: ${options.page}`,
  ];
}

/** `cache-partition 10 of 10 (surely above 78.7 %) by noStaleReads, 28 s; also 2 others`. */
export function fateWords({ fate, scenarios, isUnfinished }: MutantProof): string {
  const catching = scenarios.filter(({ failed }) => failed > 0);
  const [best] = catching;
  if (best === undefined) {
    const runs = plural(
      scenarios.reduce((sum, one) => sum + one.runs, 0),
      "run",
    );
    if (fate === "survived") return `survived ${runs} of ${plural(scenarios.length, "scenario")}`;
    if (isUnfinished === true) return scenarios.length === 0 ? "not run" : `not finished: ${runs} did not catch it`;
    return `${runs}, and none could tell`;
  }
  const also = catching.length === 1 ? "" : `; also by ${plural(catching.length - 1, "other")}`;
  return `${best.scenario} ${shareWords(best)} by ${checksOf(best).join(", ")}, ${duration(best.medianMs)}${also}`;
}

/** It must fail, as a mutant must be caught; where it came to no verdict nothing is known. */
export const fateOfCanary = ({ failed, passed }: Tally): Fate =>
  passed > 0 ? "survived" : failed > 0 ? "caught" : "untold";

/** How many of the runs that could tell failed, and how sure that is. */
export function shareWords(tally: Pick<Tally, "failed" | "passed">): string {
  const told = tally.failed + tally.passed;
  return `${tally.failed} of ${told} (surely above ${percent(sureness(tally).lower, "down")})`;
}

/** The checks that failed, the most often first. */
export const checksOf = ({ checks }: Pick<Tally, "checks">): readonly string[] =>
  Object.entries(checks)
    .sort(([, one], [, other]) => other - one)
    .map(([name]) => name);

function correctWords({ scenario, runs, passed, failed, inconclusive, repeated = 0, checks }: Tally): string {
  const rest = [
    ...(failed === 0 ? [] : [`${failed} failed by ${checksOf({ checks }).join(", ")}`]),
    ...(inconclusive === 0 ? [] : [`${inconclusive} inconclusive`]),
    ...(repeated === 0 ? [] : [`after ${plural(repeated, "run")} without a verdict`]),
  ];
  return `${scenario}: ${passed} of ${plural(runs, "run")} passed${rest.map((part) => `, ${part}`).join("")}`;
}

function canaryWords(canary: Tally): string {
  const { scenario, checks } = canary;
  const words: Readonly<Record<Fate, string>> = {
    caught: `failed as it must, by ${checksOf({ checks }).join(", ")}`,
    survived: "did not fail, and must",
    untold: "came to no verdict: it could not tell, so that nothing is known of this harness",
  };
  return `${scenario} ${words[fateOfCanary(canary)]}`;
}
