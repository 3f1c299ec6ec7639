import type { Exploration, Reproducer } from "../model/explore/exploration.ts";
import { timingOf } from "../model/fault.ts";
import { wilson } from "../model/measure/proportion.ts";
import type { RunRecord } from "../model/run.ts";
import type { Output } from "./output.ts";

/** A line for one run of an exploration. */
export function explainCard(
  { verdict, checks }: RunRecord,
  titles: string,
  elapsedMs: number,
  { colours }: Output,
): string {
  const paint = { pass: colours.green, fail: colours.red, inconclusive: colours.yellow }[verdict];
  const failed = checks.filter((one) => one.verdict === "fail").map(({ name }) => name);
  const why = failed.length === 0 ? "" : `  ${failed.join(", ")}`;
  return `${clock(elapsedMs).padStart(7)}  ${paint(verdict.padEnd(12))} ${titles}${why}`;
}

/** What an exploration found, for a terminal. */
export function explorationLines(exploration: Exploration, page: string, { colours }: Output): readonly string[] {
  const { reproducers, singles, pairs, runs, inconclusive, tookMs } = exploration;
  const tried = singles.filter(({ verdict }) => verdict !== "not tried").length;
  const untold = inconclusive === 0 ? "" : `, ${inconclusive} could tell nothing`;
  const head = reproducers.length === 0 ? colours.green("NOTHING FOUND") : colours.red(`${reproducers.length} FOUND`);
  return [
    "",
    `${colours.bold(head)}  in ${clock(tookMs)}: ${runs} runs${untold}; ${tried} of ${singles.length} single faults tried, ${pairs} pairs`,
    ...reproducers.flatMap((one) => ["", ...cardOf(one, colours)]),
    "",
    `  page  ${page}`,
  ];
}

function cardOf(one: Reproducer, colours: Output["colours"]): readonly string[] {
  const { checks, schedule, isMinimal, afterMs, file, replay } = one;
  const minimal = isMinimal ? "" : "  (not made smaller: for want of time, or since it did not fail again)";
  return [
    `${colours.red("✗")} ${colours.bold(checks.map(({ name }) => name).join(", "))}, after ${clock(afterMs)}`,
    ...checks.slice(0, 2).map(({ actual }) => `    ${actual}`),
    ...schedule.map((injection) => `    ${injection.title}  ${timingOf(injection)}`),
    `    ${sharesOf(one)}${minimal}`,
    `  file  ${file}`,
    `  again ${replay}`,
  ];
}

/** `fails in 3 of 3 with it (surely above 52.6 %), in 0 of 3 without (surely below 47.4 %)`. */
export function sharesOf({ with: withIt, without }: Pick<Reproducer, "with" | "without">): string {
  const lower = (wilson(withIt.failed, withIt.runs).lower * 100).toFixed(1);
  const upper = (wilson(without.failed, without.runs).upper * 100).toFixed(1);
  return `fails in ${withIt.failed} of ${withIt.runs} with it (surely above ${lower} %), in ${without.failed} of ${without.runs} without (surely below ${upper} %)`;
}

const clock = (ms: number): string =>
  `${Math.floor(ms / 60_000)}:${String(Math.floor((ms % 60_000) / 1000)).padStart(2, "0")}`;
