import { type Verdict, verdicts } from "../verdict.ts";
import { isNotable, type Unit } from "./metrics.ts";
import type { Side, SideCheck } from "./side.ts";

/** The verdict on the run, or of one check. `null`: that side does not have it. */
export interface VerdictRow {
  /** `null`: the run as a whole. */
  readonly check: string | null;
  readonly base: Verdict | null;
  readonly run: Verdict | null;
  /** In how many runs of each side it came to what; `null` for the run as a whole. */
  readonly runs: { readonly base: SideCheck["counts"]; readonly run: SideCheck["counts"] } | null;
  /**
   * `worse`: a safety law that held in every run of the base was broken, which is certain of one run already. `differs`:
   * everything else, which may be chance.
   */
  readonly change: "worse" | "differs" | "unchanged";
  /** What the check counted, where that differs and it did not hold on both sides. */
  readonly counts: readonly { readonly name: string; readonly base: number | null; readonly run: number | null }[];
}

/** One number a run, as the median of each side's runs: shown, and not tested. */
export interface FigureRow {
  readonly name: string;
  readonly unit: Unit;
  /** `null`: it did not happen. */
  readonly base: number | null;
  readonly run: number | null;
  /** run − base; `null` when one of them did not happen. */
  readonly shift: number | null;
  /** Whether the difference would matter, if it is one. */
  readonly isNotable: boolean;
}

/** The run as a whole first, then each check that either side has. */
export function verdictRowsOf(base: Side, run: Side): readonly VerdictRow[] {
  const titles = [...new Set([...base.checks, ...run.checks].map(({ title }) => title))];
  const change = base.verdict === run.verdict ? "unchanged" : "differs";
  const whole = { check: null, base: base.verdict, run: run.verdict, runs: null, change, counts: [] } as const;
  return [
    whole,
    ...titles.map((title): VerdictRow => {
      const [before, after] = [base, run].map(({ checks }) => checks.find((one) => one.title === title));
      const holds = before?.verdict === "pass" && after?.verdict === "pass";
      return {
        check: title,
        base: before?.verdict ?? null,
        run: after?.verdict ?? null,
        runs: { base: before?.counts ?? noRuns, run: after?.counts ?? noRuns },
        change: changeOfCheck(before, after),
        counts: holds ? [] : differingCounts(before, after),
      };
    }),
  ];
}

const noRuns: SideCheck["counts"] = { pass: 0, inconclusive: 0, fail: 0 };

/** A counterexample of a safety law needs no statistics. Everything else may come out so the next time, or otherwise. */
function changeOfCheck(before: SideCheck | undefined, after: SideCheck | undefined): VerdictRow["change"] {
  if (before?.verdict === "pass" && after?.guards === "safety" && after.verdict === "fail") return "worse";
  const isSame = verdicts.every((one) => shareOf(before, one) === shareOf(after, one));
  return isSame ? "unchanged" : "differs";
}

function shareOf(check: SideCheck | undefined, verdict: Verdict): number {
  const all = verdicts.reduce((sum, one) => sum + (check?.counts[one] ?? 0), 0);
  return check === undefined ? -1 : check.counts[verdict] / all;
}

function differingCounts(before: SideCheck | undefined, after: SideCheck | undefined): VerdictRow["counts"] {
  const [base, run] = [new Map(Object.entries(before?.numbers ?? {})), new Map(Object.entries(after?.numbers ?? {}))];
  return [...new Set([...base.keys(), ...run.keys()])]
    .map((name) => ({ name, base: base.get(name) ?? null, run: run.get(name) ?? null }))
    .filter((count) => count.base !== count.run);
}

/** Each figure that both sides have. */
export function figureRowsOf(base: Side, run: Side): readonly FigureRow[] {
  return base.figures.flatMap(({ name, unit, value }) => {
    const other = run.figures.find((one) => one.name === name);
    if (other === undefined) return [];
    const shift = value === null || other.value === null ? null : other.value - value;
    const matters = value === null || shift === null ? value !== other.value : isNotable(unit, value, shift);
    return [{ name, unit, base: value, run: other.value, shift, isNotable: matters }];
  });
}
