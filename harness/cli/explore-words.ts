import { type Exploration, judgedOf, type Reproducer, type Undecided } from "../model/explore/exploration.ts";
import { timingOf } from "../model/fault.ts";
import { wilson } from "../model/measure/proportion.ts";
import { duration, percent, stopwatch } from "../model/quantities.ts";
import type { RunRecord } from "../model/run.ts";
import { oneLine } from "../report/text.ts";
import { seenIn, whyUndecided } from "./explored-run.ts";
import type { Output } from "./output.ts";

/** A line for one run of an exploration. */
export function explainCard(record: RunRecord, titles: string, elapsedMs: number, { colours }: Output): string {
  const { failed, isUndecided } = seenIn(record);
  const verdict = failed.length > 0 ? "fail" : record.verdict;
  const paint = { pass: colours.green, fail: colours.red, inconclusive: colours.yellow }[verdict];
  const why = isUndecided ? `  ${oneLine(whyUndecided(record).reason)}` : failed.map((name) => `  ${name}`).join(",");
  return `${stopwatch(elapsedMs).padStart(7)}  ${paint(verdict.padEnd(12))} ${titles}${why}`;
}

/** What is said at once of a schedule that could not be judged: all others may share its cause. */
export function undecidedLines(
  { reason, remedy, run }: Undecided,
  isEnd: boolean,
  folder: string,
  { colours }: Output,
): readonly string[] {
  const head = isEnd
    ? "None of the schedules could be judged: the exploration ends here"
    : "This schedule could not be judged, and what its faults do is unknown";
  return [
    colours.yellow(`! ${head}: ${oneLine(reason)}.`),
    ...(remedy === undefined ? [] : [`  ${oneLine(remedy)}`]),
    ...(run === undefined ? [] : [`  its run is kept: ${folder}/${run}`]),
  ];
}

/** What an exploration found, for a terminal. */
export function explorationLines(exploration: Exploration, page: string, output: Output): readonly string[] {
  const { reproducers, singles, pairs, runs, tookMs } = exploration;
  const tried = singles.filter(({ verdict }) => verdict !== "not tried").length;
  return [
    "",
    `${headOf(exploration, output)}  in ${duration(tookMs)}: ${runs} runs; ${judgedText(exploration)}; ${tried} of ${singles.length} single faults tried, ${pairs} pairs`,
    ...undecidedReasons(exploration, output),
    ...reproducers.flatMap((one) => ["", ...cardOf(one, output.colours)]),
    "",
    `  page  ${page}`,
  ];
}

/** Nothing was found only where something was judged. */
function headOf(exploration: Exploration, { colours }: Output): string {
  const { reproducers } = exploration;
  const { schedules, judged } = judgedOf(exploration);
  if (reproducers.length > 0) return colours.bold(colours.red(`${reproducers.length} FOUND`));
  if (judged === 0) return colours.bold(colours.yellow("INCONCLUSIVE"));
  return colours.bold(
    judged < schedules ? colours.yellow("NOTHING FOUND in what was judged") : colours.green("NOTHING FOUND"),
  );
}

function judgedText(exploration: Exploration): string {
  const { schedules, judged } = judgedOf(exploration);
  return `judged ${judged} of ${schedules} ${schedules === 1 ? "schedule" : "schedules"}`;
}

function undecidedReasons({ reasons = [] }: Exploration, { colours }: Output): readonly string[] {
  return reasons.flatMap(({ reason, remedy, schedules }) => [
    `  ${colours.yellow("?")} ${schedules} inconclusive: ${oneLine(reason)}`,
    ...(remedy === undefined ? [] : [`    ${oneLine(remedy)}`]),
  ]);
}

function cardOf(one: Reproducer, colours: Output["colours"]): readonly string[] {
  const { checks, schedule, afterMs, file, replay } = one;
  return [
    `${colours.red("✗")} ${colours.bold(checks.map(({ name }) => name).join(", "))}, after ${duration(afterMs)}`,
    ...checks.slice(0, 2).map(({ actual }) => `    ${actual}`),
    ...schedule.map((injection) => `    ${injection.title}  ${timingOf(injection)}`),
    `    ${sharesOf(one)}${minimalText(one)}`,
    `  file  ${file}`,
    `  again ${replay}`,
  ];
}

function minimalText({ isMinimal, undecidedParts = 0 }: Reproducer): string {
  const parts = undecidedParts === 1 ? "1 part of it" : `${undecidedParts} parts of it`;
  const undecided = undecidedParts === 0 ? "" : `${parts} could not be judged`;
  if (isMinimal) return undecided === "" ? "" : `  (${undecided})`;
  return `  (perhaps not the smallest: ${undecided === "" ? "there was no time, or it did not fail again" : undecided})`;
}

/** `fails in 3 of 3 with it (surely above 52.5 %), in 0 of 3 without (surely below 47.5 %)`. */
export function sharesOf({ with: withIt, without }: Pick<Reproducer, "with" | "without">): string {
  const lower = percent(wilson(withIt.failed, withIt.runs).lower, "down");
  const upper = percent(wilson(without.failed, without.runs).upper, "up");
  const undecided = (withIt.undecided ?? 0) + (without.undecided ?? 0);
  const rest = undecided === 0 ? "" : `; ${undecided} more could not be judged`;
  const bare =
    without.runs === 0
      ? "without it no run could be judged"
      : `in ${without.failed} of ${without.runs} without (surely below ${upper})`;
  return `fails in ${withIt.failed} of ${withIt.runs} with it (surely above ${lower}), ${bare}${rest}`;
}
