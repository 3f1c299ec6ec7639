import { isDeepStrictEqual } from "node:util";
import type { Check } from "../model/check.ts";
import type { RunRecord } from "../model/run.ts";
import type { CheckResult, Verdict } from "../model/verdict.ts";
import { oneLine } from "../report/text.ts";

/** A verdict, and what it rests on. */
export interface Found {
  readonly verdict: Verdict;
  /** What the check found; of the run, its sentence. */
  readonly actual: string;
}

/** A verdict that is another one than before. */
export interface VerdictChange {
  /** The check's name; null for the verdict of the run itself. */
  readonly check: string | null;
  readonly title: string;
  /** null where it was not judged then. */
  readonly before: Found | null;
  /** null where it is not judged now. */
  readonly after: Found | null;
}

const foundIn = ({ verdict, actual }: CheckResult): Found => ({ verdict, actual });
const ofRun = ({ verdict, sentence }: RunRecord): Found => ({ verdict, actual: sentence });

/**
 * What is different between the verdicts of a run and those of the same run judged again: of the run first, then of its
 * checks, and last what is not judged any more.
 * @param checks what `after` was judged with, in its order
 */
export function changesBetween(
  before: RunRecord,
  after: RunRecord,
  checks: readonly Pick<Check, "parameters">[],
): readonly VerdictChange[] {
  const left = before.checks.map((result, index) => {
    const planned = before.plan.checks[index];
    return { result, parameters: planned?.name === result.name ? planned.parameters : undefined };
  });
  const take = (result: CheckResult, parameters: unknown): CheckResult | undefined => {
    const own = left.filter((one) => one.result.name === result.name);
    // A title may be worded anew in another version: then the parameters show that it is the same law.
    const same =
      own.find((one) => one.result.title === result.title) ??
      own.find((one) => one.parameters !== undefined && isDeepStrictEqual(one.parameters, parameters));
    if (same !== undefined) left.splice(left.indexOf(same), 1);
    return same?.result;
  };
  const ofChecks = after.checks.flatMap((result, index): readonly VerdictChange[] => {
    const was = take(result, asStored(checks[index]?.parameters));
    if (was?.verdict === result.verdict) return [];
    const { name, title } = result;
    return [{ check: name, title, before: was === undefined ? null : foundIn(was), after: foundIn(result) }];
  });
  const dropped = left.map(({ result }) => ({
    check: result.name,
    title: result.title,
    before: foundIn(result),
    after: null,
  }));
  const run = { check: null, title: "the run", before: ofRun(before), after: ofRun(after) };
  return [...(before.verdict === after.verdict ? [] : [run]), ...ofChecks, ...dropped];
}

/** As it would be read from a file. */
const asStored = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

/** The checks that a run was judged with and whose law is not judged now in any form: none of their name is. */
export function omittedFrom(record: RunRecord, checks: readonly Pick<Check, "name">[]): readonly CheckOmitted[] {
  const names = new Set([...record.plan.checks, ...record.checks].map(({ name }) => name));
  return [...names].flatMap((name) => {
    if (checks.some((one) => one.name === name)) return [];
    const found = record.checks.filter((one) => one.name === name);
    const worstOfThem =
      found.find(({ verdict }) => verdict === "fail") ?? found.find(({ verdict }) => verdict !== "pass") ?? found[0];
    return [
      { name, title: worstOfThem?.title ?? name, ...(worstOfThem === undefined ? {} : { was: foundIn(worstOfThem) }) },
    ];
  });
}

/** A check that the run was judged with, and is not judged now. */
export interface CheckOmitted {
  readonly name: string;
  readonly title: string;
  /** What it found then; absent where that is not known. */
  readonly was?: Found;
}

/**
 * A verdict cannot become better because a law is left out: what did not pass then, and is not asked now, may be broken
 * still. One that passed is left out freely.
 */
export function heldBack(record: RunRecord, omitted: readonly CheckOmitted[]): RunRecord {
  const open = omitted.filter(({ was }) => was?.verdict !== "pass");
  if (record.verdict !== "pass" || open.length === 0) return record;
  const { passed: _, ...rest } = record;
  const reasons = open.map((one) => `not judged now: ${spokenOf(one)}`);
  const remedy = "State it again in the scenario, or in the budgets of the configuration, and judge again.";
  const why = { cause: { code: "undecided", text: reasons[0]!, remedy } } as const;
  return {
    ...rest,
    ...why,
    verdict: "inconclusive",
    sentence: `What is judged now held, but that is not all that the run was judged with: ${reasons[0]}. ${remedy}`,
    reasons: [...record.reasons, ...reasons],
  };
}

const spokenOf = ({ title, was }: CheckOmitted): string =>
  was === undefined ? `${title} (what it found then is not known)` : `${title} (${was.verdict} then: ${was.actual})`;

/** A few lines for each change: the verdicts, and what either of them rests on. */
export function changeLines(changes: readonly VerdictChange[]): readonly string[] {
  return changes.flatMap(({ title, before, after }) => {
    const name = oneLine(title, 160);
    if (after === null) {
      return [
        `  not judged now: ${name}`,
        ...(before === null ? [] : [`    before: ${before.verdict}: ${oneLine(before.actual)}`]),
      ];
    }
    if (before === null)
      return [`  ${name}: not judged before → ${after.verdict}`, `    now:    ${oneLine(after.actual)}`];
    return [
      `  ${name}: ${before.verdict} → ${after.verdict}`,
      `    before: ${oneLine(before.actual)}`,
      `    now:    ${oneLine(after.actual)}`,
    ];
  });
}
