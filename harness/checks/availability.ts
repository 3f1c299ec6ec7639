import { z } from "zod";
import type { Check, Evidence } from "../model/check.ts";
import { type LoadPhase, type Outcome, outcomeCode, outcomes, phaseCode } from "../model/history.ts";
import { samplesFor, wilson } from "../model/measure/proportion.ts";
import { ratioFloor } from "../model/measure/series.ts";
import { type Verdict, witnessLimit } from "../model/verdict.ts";
import { flag, number, operationNames, phaseNames } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, commonPhase, detailOf, type Finding, witnessOf } from "./finding.ts";
import { wasHeldUp } from "./rows.ts";
import { counted, grouped, spokenShare } from "./words.ts";

const overflowCode = outcomeCode("overflow");

const availabilityOptions = z.strictObject({
  /** The least share of operations that are ok, above 0 and at most 1. */
  atLeast: number({ above: 0, atMost: 1, unit: ", as 0.999" }),
  /** Names of the operations that count; all when absent. */
  operations: operationNames().optional(),
  /** The parts of the load that count. Default: `faults` and `recovery`. */
  phases: phaseNames().optional(),
  /** Also at least this share of the run's own steady availability, above 0 and at most 1. */
  ofSteady: number({ above: 0, atMost: 1, unit: ", as 0.99" }).optional(),
  /** Whether an honest refusal counts as ok. Default: it does not. */
  rejectedIsOk: flag().optional(),
});

/** How available, and in what. */
export type AvailabilityOptions = z.input<typeof availabilityOptions>;

/**
 * Availability = ok ÷ intended. A budget is judged by what the run proves, not by what it happened to show: `pass` when
 * Wilson's lower bound reaches the budget, `fail` when the upper bound stays below it, `inconclusive` in between; each
 * bound holds at 95 %. No run with fewer than 3 ÷ (1 − atLeast) operations can pass, as zero failures in n bound the
 * rate at 3/n. `atLeast: 1` has no budget to be estimated: one failure fails, none (in 30 or more) passes.
 *
 * An operation that found the generator full, or was not ok while the machine stood still, says nothing of the system: it
 * may have been ok or not, and a verdict stands only if it is the same either way.
 */
export function availability(given: AvailabilityOptions): Check {
  const options = optionsOf("availability", availabilityOptions, given);
  if (options instanceof Misstated) return options.check;
  const { atLeast, operations, phases = ["faults", "recovery"], ofSteady, rejectedIsOk = false } = options;
  const good: readonly Outcome[] = rejectedIsOk ? ["ok", "rejected"] : ["ok"];
  const what = operations === undefined ? "all operations" : operations.join(" and ");
  const steadily = ofSteady === undefined ? "" : `, and at least ${spokenShare(ofSteady)} of the steady phase's share`;
  const expected = `at least ${spokenShare(atLeast)} of ${what} ${good.join(" or ")}${steadily}`;
  return checkOf(
    {
      name: "availability",
      parameters: jsonOf(options),
      guards: "budget",
      title: `availability of at least ${spokenShare(atLeast)}${operations === undefined ? "" : ` of ${what}`}`,
      law: `Of ${what} that are due in the phases ${phases.join(" and ")}, at least ${spokenShare(atLeast)} are ${good.join(" or ")}${steadily}.`,
    },
    (evidence): Finding => {
      const unknownName = operations?.find((name) => !evidence.operations.some((operation) => operation.name === name));
      if (unknownName !== undefined) {
        return { verdict: "inconclusive", expected, actual: `the workload has no operation "${unknownName}"` };
      }
      const seen = rowsOf(evidence, phases, operations, good);
      const overflow = seen.counts[overflowCode]!;
      const heldUp = seen.bad.filter(
        (row) => evidence.history.outcome[row] !== overflowCode && wasHeldUp(evidence, row),
      ).length;
      const total = seen.counts.reduce((sum, count) => sum + count, 0);
      const ok = total - seen.bad.length;
      const steady = ofSteady === undefined ? undefined : rowsOf(evidence, ["steady"], operations, good);
      const steadyTotal = steady?.counts.reduce((sum, count) => sum + count, 0) ?? 0;
      if (steady !== undefined && steadyTotal < ratioFloor) {
        return { verdict: "inconclusive", expected, actual: "there is no steady phase to compare with" };
      }
      const steadyShare = steady === undefined ? 0 : 1 - steady.bad.length / steadyTotal;
      const budget = Math.max(atLeast, (ofSteady ?? 0) * steadyShare);
      const [worst, best] = [verdictOf(ok, total, budget), verdictOf(ok + overflow + heldUp, total, budget)];
      const verdict = worst === best ? worst : "inconclusive";
      const { lower, upper } = wilson(ok, total);
      return {
        verdict,
        expected,
        actual: total === 0 ? "no such operation was due" : actualOf(ok, total, { overflow, heldUp }, verdict, budget),
        ...commonPhase(evidence, seen.bad),
        witness: seen.bad.slice(0, witnessLimit).map((row) => witnessOf(evidence, row, detailOf(evidence, row))),
        numbers: {
          total,
          ok,
          ratio: total === 0 ? null : ok / total,
          lower,
          upper,
          ...Object.fromEntries(outcomes.map((name, code) => [name, seen.counts[code]!])),
          ...(steady === undefined ? {} : { steadyShare }),
        },
        ...(total === 0
          ? {}
          : { measure: { value: ok / total, limit: budget, better: "higher", unit: "share" } as const }),
      };
    },
  );
}

/** The verdict on `ok` of `total`, by the rules above. */
function verdictOf(ok: number, total: number, atLeast: number): Verdict {
  if (atLeast === 1) return ok < total ? "fail" : total < ratioFloor ? "inconclusive" : "pass";
  const { lower, upper } = wilson(ok, total);
  if (upper < atLeast) return "fail";
  return lower >= atLeast && total >= samplesFor(atLeast) ? "pass" : "inconclusive";
}

function actualOf(
  ok: number,
  total: number,
  { overflow, heldUp }: { readonly overflow: number; readonly heldUp: number },
  verdict: Verdict,
  atLeast: number,
): string {
  const { lower, upper } = wilson(ok, total);
  const seen = `${spokenShare(ok / total)} (${grouped(ok)} of ${grouped(total)}; surely between ${spokenShare(lower)} and ${spokenShare(upper)})`;
  if (verdict !== "inconclusive") return seen;
  const doubts = [
    ...(overflow > 0 ? [`${counted(overflow, "operation")} found the load generator full`] : []),
    ...(heldUp > 0 ? [`${counted(heldUp, "operation")} were not ok while the machine stood still`] : []),
  ];
  if (doubts.length > 0) return [seen, ...doubts].join("; ");
  const needed = atLeast === 1 ? ratioFloor : samplesFor(atLeast);
  return total < needed
    ? `${seen}; too few: it takes ${needed} operations to tell`
    : `${seen}; too near the budget for so few operations`;
}

/** How many ended how, and the rows that were not good in the order in which they were due. */
function rowsOf(
  { history, operations }: Evidence,
  phases: readonly LoadPhase[],
  names: readonly string[] | undefined,
  good: readonly Outcome[],
): { readonly counts: readonly number[]; readonly bad: readonly number[] } {
  const codes = new Set(phases.map(phaseCode));
  const counts = outcomes.map(() => 0);
  const bad: number[] = [];
  for (let row = 0; row < history.count; row += 1) {
    if (!codes.has(history.phase[row]!)) continue;
    if (names !== undefined && !names.includes(operations[history.operation[row]!]?.name ?? "")) continue;
    const outcome = history.outcome[row]!;
    counts[outcome]! += 1;
    if (!good.includes(outcomes[outcome]!)) bad.push(row);
  }
  return { counts, bad: bad.sort((left, right) => history.intendedMs[left]! - history.intendedMs[right]!) };
}
