import { z } from "zod";
import type { Check, Evidence, OperationInfo, WorkloadInfo } from "../model/check.ts";
import { outcomeCode, phaseCode } from "../model/history.ts";
import { burnOf } from "../model/measure/error-budget.ts";
import { errorOfEach, samplesFor, shareVerdict } from "../model/measure/proportion.ts";
import {
  count,
  duration,
  multipleBeside,
  percent,
  roundedTo,
  statedDuration,
  statedPercent,
} from "../model/quantities.ts";
import { type Measure, type Witness, witnessLimit } from "../model/verdict.ts";
import { differentNames, number } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, detailOf, type Finding } from "./finding.ts";
import { enoughOperations, type Need, needs, workloadsNamed } from "./plan-problems.ts";
import { canHaveBeenGood, flags, undecided, witnesses } from "./rows.ts";

const burnOptions = z.strictObject({
  /** Above 0: 1 is as fast as the promise allows for ever, 10 ten times as fast. */
  burnAtMost: number({ above: 0, unit: ", as 1 (what the promise allows) or 10" }),
  /** Names of the workloads; all that promise something when absent. */
  workloads: differentNames('Give a list of workloads, each once, as workloads: ["shoppers"].').optional(),
});

/** How fast the error budget may burn, and whose. */
export type BurnOptions = z.input<typeof burnOptions>;

const okCode = outcomeCode("ok");
const counted = [phaseCode("faults"), phaseCode("recovery")];

/**
 * The error budget of each workload burns no faster than allowed while the faults act and after: burn = (1 − good) ÷
 * (1 − promised), where an operation is good when it is ok within the promised time ("Site Reliability Engineering",
 * 2016, ch. 4, and "The Site Reliability Workbook", 2018, ch. 5). The good share is
 * judged by the exact binomial as in `availability`: budgets that burn exactly as fast as allowed fail in at most 5 of 100
 * runs, however many workloads there are, and one that burns just faster passes in at most 5 of 100.
 *
 * What can have been good but for the load generator or the machine cannot support a `fail`: what was ok but late by no more than
 * the generator can have been in that window, found it full, or was not good while the machine stood still. A rate that
 * allows every operation to fail decides nothing: that check cannot fail.
 */
export function errorBudget(given: BurnOptions): Check {
  const options = optionsOf("errorBudget", burnOptions, given);
  if (options instanceof Misstated) return options.check;
  const { burnAtMost, workloads } = options;
  const whose = workloads === undefined ? "each workload" : workloads.join(" and ");
  const law = `The error budget of ${whose} burns at most ${burnAtMost} times as fast as its promise allows, while the faults act and after.`;
  const expected = `a burn of at most ${burnAtMost}`;
  const title = `error budget burns at most ${burnAtMost} times`;
  const said = {
    name: "errorBudget",
    parameters: jsonOf(options),
    guards: "budget",
    title,
    law,
    ...needs("errorBudget", workloadsNamed(workloads), aPromise(options)),
  } as const;
  return checkOf(said, (evidence): Finding => {
    const unknown = workloads?.find((name) => !evidence.workloads.some((one) => one.name === name));
    if (unknown !== undefined) return undecided(expected, `there is no workload "${unknown}"`);
    const promised = evidence.workloads.filter(
      ({ name, slo }) => slo !== undefined && (workloads?.includes(name) ?? true),
    );
    if (promised.length === 0) {
      const remedy = "Give a workload an `slo`, as slo: { availability: 0.999, within: milliseconds(300) }.";
      return { ...undecided(expected, "no workload promises anything"), remedy };
    }
    const burns = promised.map((workload) => burnFor(evidence, workload, burnAtMost, errorOfEach(promised.length)));
    const worst =
      burns.find(({ verdict }) => verdict === "fail") ?? burns.find(({ verdict }) => verdict !== "pass") ?? burns[0]!;
    const measure: Measure = { value: worst.burn, limit: burnAtMost, better: "lower", unit: "ratio" };
    const actual = burns.map(({ name, said: text }) => (burns.length === 1 ? text : `${name}: ${text}`)).join("; ");
    const numbers = Object.fromEntries(
      burns.flatMap(({ name, burn, good, total }) => [
        [`${name} burn`, burn],
        [`${name} good`, good],
        [`${name} total`, total],
      ]),
    );
    const burnt = burns.filter(({ verdict }) => verdict === "fail").flatMap(({ bad }) => bad);
    const witness = witnessesOf(evidence, burnt);
    return { verdict: worst.verdict, expected, actual, witness, numbers, ...(worst.total === 0 ? {} : { measure }) };
  });
}

/** @param failError how often it may fail falsely: its part of what all workloads have together */
/** Promises that this rate can break, and operations enough to see it. */
const aPromise =
  ({ burnAtMost, workloads }: z.output<typeof burnOptions>): Need =>
  (plan, check) => {
    const meant = plan.workloads.filter(({ name }) => workloads?.includes(name) ?? true);
    const promised = meant.filter(({ slo }) => slo !== undefined);
    if (promised.length === 0) {
      const remedy = "Give a workload an `slo`, as { availability: 0.999, within: milliseconds(300) }.";
      return [{ code: "CANNOT_DECIDE", where: check, message: "no workload promises anything", remedy }];
    }
    return promised.flatMap(({ name, slo }) => {
      const least = 1 - burnAtMost * (1 - slo!.availability);
      if (least > 0) {
        const isOwn = ({ workload }: OperationInfo): boolean => workload === name;
        return enoughOperations(samplesFor(least), `the budget of ${name}`, ["faults", "recovery"], isOwn)(plan, check);
      }
      const message = `is ${burnAtMost}: ${name} promises ${statedPercent(slo!.availability)}, so that no outage could burn faster`;
      const remedy = `Give a rate below ${spokenBurn(slo!.availability)}, as 10.`;
      return [{ code: "CHECK_CANNOT_FAIL", where: `${check}.burnAtMost`, message, remedy }];
    });
  };

function burnFor(evidence: Evidence, { name, slo }: WorkloadInfo, burnAtMost: number, failError: number) {
  const { availability, withinMs } = slo!;
  const { good, doubtful, total, bad } = goodOf(evidence, name, withinMs);
  const least = 1 - burnAtMost * (1 - availability);
  const burn = total === 0 ? null : burnOf(good / total, availability);
  const seen =
    total === 0
      ? "no operation was due"
      : `${percent(good / total)} good (ok within ${statedDuration(withinMs)}), a burn of ${multipleBeside(burn!, burnAtMost)}`;
  const whole = { name, burn, good, total, bad } as const;
  if (least <= rounding) {
    const why = `a burn of ${burnAtMost} allows every operation to fail: allow less than ${spokenBurn(availability)}`;
    return { ...whole, verdict: "inconclusive", said: `${seen}; this check cannot fail, as ${why}` } as const;
  }
  const isEnough = total >= samplesFor(least);
  const isOver = (hits: number): boolean => shareVerdict({ hits, total }, least, { fail: failError }) === "fail";
  const isPassed = isEnough && shareVerdict({ hits: good, total }, least) === "pass";
  const verdict = isOver(good + doubtful) ? "fail" : isPassed ? "pass" : "inconclusive";
  const why = isOver(good)
    ? `but the load generator was late itself when ${doubtful} of the others were under way, or was full, or the machine stood still, and without them that is not proven`
    : `${isEnough ? "too near the budget" : "too few operations"} to tell`;
  const doubt = verdict === "inconclusive" && total > 0 ? `; ${why}` : "";
  return { ...whole, verdict, said: `${seen}${doubt}` } as const;
}

/** What is allowed to fail is computed with so much of an error. */
const rounding = 1e-9;

/** The burn at which nothing is good any more, as `100`; rounded down, as less than it is to be allowed. */
const spokenBurn = (availability: number): string => count(roundedTo(1 / (1 - availability), 0.01, "down"));

/** How many count, how many of them are good, the rows of the others, and of how many of those the machine may be to blame. */
function goodOf(evidence: Evidence, workload: string, withinMs: number) {
  const { history } = evidence;
  const isMeant = flags(evidence, (operation) => operation.workload === workload);
  const bad: number[] = [];
  let [total, doubtful] = [0, 0];
  for (let row = 0; row < history.count; row += 1) {
    if (isMeant[history.operation[row]!] !== 1 || !counted.includes(history.phase[row]!)) continue;
    total += 1;
    const [isOk, fromMs, toMs] = [history.outcome[row] === okCode, history.intendedMs[row]!, history.endMs[row]!];
    if (isOk && toMs - fromMs <= withinMs) continue;
    bad.push(row);
    if (canHaveBeenGood(evidence, row, withinMs)) doubtful += 1;
  }
  return { good: total - bad.length, doubtful, total, bad };
}

/** Of each kind of operation the first that was not good, then the first of all. */
function witnessesOf(evidence: Evidence, bad: readonly number[]): readonly Witness[] {
  const { history } = evidence;
  const rows = bad.toSorted((one, other) => history.intendedMs[one]! - history.intendedMs[other]!);
  const firsts = new Map(rows.toReversed().map((row) => [history.operation[row], row])).values();
  const noteOf = (row: number): string =>
    history.outcome[row] === okCode
      ? `ok, but only after ${duration(history.endMs[row]! - history.intendedMs[row]!)}`
      : detailOf(evidence, row);
  const shown = [...firsts, ...rows.slice(0, witnessLimit)];
  return witnesses(
    evidence,
    shown.map((row) => ({ row, note: noteOf(row), violates: true })),
  );
}
