import { z } from "zod";
import type { Check, Evidence } from "../model/check.ts";
import type { Health } from "../model/events.ts";
import { outcomeCode, phaseCode } from "../model/history.ts";
import { number, operationNames } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, commonPhase, type Finding } from "./finding.ts";
import { needs, operationsNamed } from "./plan-problems.ts";
import { flags, undecided, unknownNames, wasHeldUp, witnesses } from "./rows.ts";
import { counted, grouped, spokenShare } from "./words.ts";

const hangOptions = z.strictObject({
  /** Names of the operations that count; all when absent. */
  operations: operationNames().optional(),
  /** The largest share that may hang, from 0 (default) to less than 1. */
  atMost: number({ atLeast: 0, below: 1, unit: ", as 0.01" }).optional(),
});

/** Which operations, and how many of them may hang. */
export type HangOptions = z.input<typeof hangOptions>;

const unknownCode = outcomeCode("unknown");
const warmUp = phaseCode("warmUp");
/** The sweep of deadlines is this late at most, and an answer after its deadline counts for nothing. */
const slackMs = 1;

/**
 * Nothing hangs: what was sent has an answer, good or bad, before its deadline, unless the instance that it was sent to
 * said by then that it was not ready. A refusal in time is an answer; a broken connection is one, too. What this finds is
 * the component that is silent while its health says all is well. What was under way while the machine stood still can't
 * support a `fail`.
 */
export function nothingHangs(given: HangOptions = {}): Check {
  const options = optionsOf("nothingHangs", hangOptions, given);
  if (options instanceof Misstated) return options.check;
  const { operations, atMost = 0 } = options;
  const allowed = atMost === 0 ? "no operation" : `at most ${spokenShare(atMost)} of the operations`;
  const law = `Of what was sent to an instance that calls itself ready, ${allowed} is without an answer at its deadline.`;
  const expected = `${allowed} without an answer`;
  const said = {
    name: "nothingHangs",
    parameters: jsonOf(options),
    guards: "safety",
    isDisturbable: true,
    title: "nothing hangs",
    law,
  } as const;
  return checkOf({ ...said, ...needs("nothingHangs", operationsNamed(operations)) }, (evidence): Finding => {
    const unknown = unknownNames(evidence, operations);
    if (unknown !== undefined) return undecided(expected, unknown);
    const seen = hangs(evidence, operations);
    const numbers = { sent: seen.sent, hung: seen.rows.length, excused: seen.excused };
    if (seen.sent === 0) return undecided(expected, "no such operation was sent", numbers);
    const excused = seen.excused === 0 ? "" : `, ${seen.excused} while their instance called itself not ready`;
    const actual = `${grouped(seen.rows.length)} of ${counted(seen.sent, "operation")} had no answer at their deadline${excused}`;
    const most = atMost * seen.sent;
    if (seen.rows.length > most) {
      const heldUp = seen.rows.filter((row) => wasHeldUp(evidence, row)).length;
      if (seen.rows.length - heldUp <= most) {
        return undecided(expected, `${actual}, but ${grouped(heldUp)} of them while the machine stood still`, numbers);
      }
      const noted = seen.rows.map((row) => ({ row, note: describe(evidence, row), violates: true }));
      return {
        verdict: "fail",
        expected,
        actual,
        ...commonPhase(evidence, seen.rows),
        witness: witnesses(evidence, noted),
        numbers,
      };
    }
    const answered = seen.rows.length === 0 ? "all" : `all but ${seen.rows.length}`;
    return {
      verdict: "pass",
      expected,
      actual: `${answered} of ${counted(seen.sent, "operation")} answered${excused}`,
      numbers,
    };
  });
}

function hangs(evidence: Evidence, names: readonly string[] | undefined) {
  const { history, operations } = evidence;
  const isMeant = flags(evidence, ({ name }) => names?.includes(name) ?? true);
  const deadlines = Float64Array.from(operations, ({ deadlineMs }) => deadlineMs);
  const rows: number[] = [];
  let [sent, excused] = [0, 0];
  for (let row = 0; row < history.count; row += 1) {
    const operation = history.operation[row]!;
    if (isMeant[operation] !== 1 || history.phase[row] === warmUp || Number.isNaN(history.wireMs[row]!)) continue;
    sent += 1;
    if (history.outcome[row] !== unknownCode) continue;
    const dueMs = history.intendedMs[row]! + deadlines[operation]!;
    if (history.endMs[row]! < dueMs - slackMs) continue;
    if (saidUnready(evidence, history.target[row]!, history.wireMs[row]!, history.endMs[row]!)) excused += 1;
    else rows.push(row);
  }
  rows.sort((one, other) => history.intendedMs[one]! - history.intendedMs[other]!);
  return { sent, rows, excused };
}

/** Whether the instance said at some time in between that it can't serve. Silence is no such word. */
function saidUnready({ events, entry }: Evidence, target: number, fromMs: number, toMs: number): boolean {
  let health: Health | undefined;
  for (const event of events) {
    if (event.type !== "health" || event.instance !== entry[target]) continue;
    if (event.atMs > toMs) break;
    if (event.atMs > fromMs && health === "unready") return true;
    health = event.health;
    if (event.atMs > fromMs && health === "unready") return true;
  }
  return health === "unready";
}

function describe({ history, operations, entry }: Evidence, row: number): string {
  const { deadlineMs } = operations[history.operation[row]!]!;
  const instance = entry[history.target[row]!] ?? "its instance";
  return `no answer from ${instance} within ${deadlineMs} ms`;
}
