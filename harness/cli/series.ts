import { exits } from "../model/errors.ts";
import { durationBeside, multipleBeside, percent, percentBeside } from "../model/quantities.ts";
import { type CheckSeries, type Series, type SeriesVerdict, seriesOf } from "../run/series.ts";
import type { Output } from "./output.ts";
import type { Finished } from "./run-one.ts";

/** What several runs of one scenario came to. */
export interface ScenarioSeries extends Series {
  readonly scenario: string;
  readonly variant?: string;
}

/** The runs of each scenario, on each variant of its system, judged together. */
export function seriesByScenario(finished: readonly Finished[]): readonly ScenarioSeries[] {
  const groups = Map.groupBy(
    finished.map(({ record }) => record),
    ({ scenario: { id, variant = "" } }) => `${id}\n${variant}`,
  );
  return [...groups.values()].map((records) => {
    const { id, variant } = records[0]!.scenario;
    return { scenario: id, ...(variant === undefined ? {} : { variant }), ...seriesOf(records) };
  });
}

/** What does not pass at once fails in CI: `flaky` is no shade of green. */
export const exitOfSeries: Readonly<Record<SeriesVerdict, number>> = {
  pass: exits.pass,
  inconclusive: exits.inconclusive,
  flaky: exits.fail,
  fail: exits.fail,
};

/** One paragraph for each scenario: the verdict, and for each check how often it came to what. */
export function seriesLines(
  { scenario, variant, verdict, runs, untold, checks }: ScenarioSeries,
  { colours }: Output,
): readonly string[] {
  const paint = { pass: colours.green, inconclusive: colours.yellow, flaky: colours.yellow, fail: colours.red }[
    verdict
  ];
  const left = untold === 0 ? "" : `, of which ${untold} could tell nothing`;
  return [
    "",
    `${colours.bold(paint(verdict.toUpperCase()))}  ${scenario}${variant === undefined ? "" : ` (${variant})`}: ${runs} runs of one plan${left}`,
    ...checks.map((check) => `  ${line(check)}`),
  ];
}

function line({ title, verdict, counts, failureShare, budget }: CheckSeries): string {
  const parts = (["pass", "inconclusive", "fail"] as const).flatMap((one) =>
    counts[one] === 0 ? [] : [`${counts[one]} ${one}`],
  );
  const share = `fails in ${percent(failureShare.lower, "down")} to ${percent(failureShare.upper, "up")} of the runs`;
  return `${verdict.padEnd(12)} ${title}: ${parts.join(", ")}; ${share}${budget === undefined ? "" : meanOf(budget)}`;
}

function meanOf({ mean, range, limit, unit }: NonNullable<CheckSeries["budget"]>): string {
  const [middle, lower, upper, most] = [mean, range.lower, range.upper, limit].map((value) =>
    spoken(value, unit, limit),
  );
  return `; mean ${middle} (${lower} to ${upper}), limit ${most}`;
}

function spoken(value: number, unit: NonNullable<CheckSeries["budget"]>["unit"], limit: number): string {
  if (unit === "share") return percentBeside(value, limit);
  return unit === "ms" ? durationBeside(value, limit) : multipleBeside(value, limit);
}
