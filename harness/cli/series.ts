import { exits } from "../model/errors.ts";
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
  const share = `fails in ${percent(failureShare.lower)} to ${percent(failureShare.upper)} of the runs`;
  const mean =
    budget === undefined
      ? ""
      : `; mean ${spoken(budget.mean, budget.unit)} (${spoken(budget.range.lower, budget.unit)} to ${spoken(budget.range.upper, budget.unit)}), limit ${spoken(budget.limit, budget.unit)}`;
  return `${verdict.padEnd(12)} ${title}: ${parts.join(", ")}; ${share}${mean}`;
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

function spoken(value: number, unit: NonNullable<CheckSeries["budget"]>["unit"]): string {
  if (unit === "share") return `${(value * 100).toFixed(2)} %`;
  return unit === "ms" ? `${value.toFixed(0)} ms` : value.toFixed(2);
}
