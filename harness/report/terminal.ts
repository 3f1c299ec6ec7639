import pc from "picocolors";
import { relative } from "../model/quantities.ts";
import type { RunRecord } from "../model/run.ts";
import type { CheckResult, Verdict, Witness } from "../model/verdict.ts";
import { oneLine } from "./text.ts";
import { isOnlyInterrupted, otherReasons, verdictIcons } from "./words.ts";

/** How many operations of the first failing check are told on the terminal. */
const witnessesShown = 3;

export interface SummaryOptions {
  readonly colour: boolean;
  readonly reportPath: string;
  /** Columns of the terminal; longer lines wrap at words, indented. */
  readonly width: number;
}

/** The end of a run in lines: verdict, sentence, remedy, checks, other reasons, first evidence, report, replay. */
export function summaryLines(run: { record: RunRecord; folder: string }, options: SummaryOptions): readonly string[] {
  const { record } = run;
  const colours = pc.createColors(options.colour);
  const paint: Record<Verdict, (text: string) => string> = {
    pass: colours.green,
    inconclusive: colours.yellow,
    fail: colours.red,
  };
  const wrap = (text: string, indent: string): string[] => wrapped(text, Math.max(20, options.width), indent);
  const arrow = (text: string, indent: string): string[] => {
    const [first = "", ...more] = wrap(oneLine(text), `${indent}  `);
    return [`${indent}→ ${first.trimStart()}`, ...more];
  };
  const how = record.verdict === "fail" && record.status === "interrupted" ? "interrupted" : record.passed;
  const head = `${verdictIcons[record.verdict]} ${headWord(record)}${how === undefined ? "" : ` (${how})`}`;
  const name = oneLine(record.scenario.name, 120);
  const lines = [`${colours.bold(paint[record.verdict](head))}  ${name}`, ...wrap(oneLine(record.sentence), "  ")];
  if (record.cause !== undefined) lines.push(...arrow(record.cause.remedy, "  "));
  lines.push("");
  for (const check of record.checks) {
    const [first = "", ...more] = wrap(`${oneLine(check.title, 160)}: ${oneLine(check.actual)}`, "    ");
    lines.push(`  ${paint[check.verdict](verdictIcons[check.verdict])} ${first.trimStart()}`, ...more);
    if (hasOwnRemedy(check, record)) lines.push(...arrow(check.remedy, "    "));
  }
  if (record.checks.length === 0) lines.push("  no check was judged");
  for (const reason of otherReasons(record)) {
    const [first = "", ...more] = wrap(oneLine(reason), "    ");
    lines.push(`  ${colours.yellow("!")} ${first.trimStart()}`, ...more);
  }
  lines.push(...evidence(record.checks, wrap, colours.dim));
  lines.push("", `  report  ${oneLine(options.reportPath, 4096)}`, `  replay  ${oneLine(record.replay, 4096)}`);
  return lines;
}

const headWord = (record: RunRecord): string =>
  isOnlyInterrupted(record) ? "INTERRUPTED" : record.verdict.toUpperCase();

/** What is to be done about the whole run is not said again for each of its checks. */
function hasOwnRemedy(check: CheckResult, { cause }: RunRecord): check is CheckResult & { readonly remedy: string } {
  return check.remedy !== undefined && check.remedy !== cause?.remedy;
}

/** The first operations that break the first broken law. */
function evidence(
  checks: readonly CheckResult[],
  wrap: (text: string, indent: string) => string[],
  dim: (text: string) => string,
): string[] {
  const failing = checks.find(({ verdict, witness }) => verdict === "fail" && witness.length > 0);
  if (failing === undefined) return [];
  // What breaks the law comes before what shows why.
  const byWeight = failing.witness.toSorted((one, other) => Number(other.violates) - Number(one.violates));
  const shown = byWeight.slice(0, witnessesShown).flatMap((witness) => wrap(witnessLine(witness), "    "));
  const left = failing.witness.length - witnessesShown;
  return [
    "",
    ...wrap(`first evidence: ${oneLine(failing.title, 160)} (times from the first injection)`, "  "),
    ...shown,
    ...(left > 0 ? [dim(`    and ${left} more in the report`)] : []),
  ];
}

const witnessLine = (witness: Witness): string =>
  `${relative(witness.fromFaultMs)} ${oneLine(witness.operation, 60)} ${oneLine(witness.outcome, 20)} · session ` +
  `${witness.session}, key ${witness.key} · ${oneLine(witness.note, 240)}`;

/**
 * Breaks at spaces only: a word longer than the line, as a path, stays whole so that it can be copied. A number stays with its
 * unit.
 */
function wrapped(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ (?!(?:%|µs|ms|s|min|h|B|kB|MB|GB)(?![\w]))/)) {
    if (line !== "" && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}
