import { messageOf } from "../model/errors.ts";
import type { HttpOperation, Operation, Workload } from "../model/workload.ts";

/** What went wrong with one operation's `judge`. */
export interface JudgeFault {
  /** The operation's name. */
  readonly operation: string;
  /** Of the first time. */
  readonly message: string;
  /** In how many of the answers that it was asked about. */
  readonly times: number;
  readonly asked: number;
}

/** Workloads whose judges are watched. */
export interface WatchedJudges {
  readonly workloads: readonly Workload[];
  /** Judges that threw, or returned what is not a judgement; empty while all of them did their work. */
  readonly faults: () => readonly JudgeFault[];
}

interface Count {
  message?: string;
  times: number;
  asked: number;
}

/**
 * The same workloads, with a count of what their judges do wrong. A load takes such an answer for `wrong`: of a run that is
 * in the history, but a search for a rate keeps no history, and would take the workload's mistake for the system's.
 */
export function watchJudges(workloads: readonly Workload[]): WatchedJudges {
  const counts = new Map<string, Count>();
  const watched = ([name, operation]: readonly [string, Operation]): readonly [string, Operation] => {
    if (operation.perform !== undefined) return [name, operation];
    const count: Count = { times: 0, asked: 0 };
    counts.set(name, count);
    return [name, { ...operation, judge: watchedJudge(operation, count) }];
  };
  return {
    workloads: workloads.map((one) => ({
      ...one,
      operations: Object.fromEntries(Object.entries(one.operations).map(watched)),
    })),
    faults: () =>
      [...counts].flatMap(([operation, { message, times, asked }]) =>
        message === undefined ? [] : [{ operation, message, times, asked }],
      ),
  };
}

function watchedJudge(operation: HttpOperation, count: Count): HttpOperation["judge"] {
  return (reply, draw) => {
    count.asked += 1;
    try {
      const judgement: unknown = operation.judge(reply, draw);
      const problem = problemOf(judgement);
      if (problem !== undefined) note(count, problem);
      return judgement as ReturnType<HttpOperation["judge"]>;
    } catch (error) {
      note(count, `threw: ${messageOf(error)}`);
      throw error;
    }
  };
}

function note(count: Count, message: string): void {
  count.times += 1;
  count.message ??= message;
}

const outcomes: readonly unknown[] = ["ok", "wrong", "rejected"];

function problemOf(judgement: unknown): string | undefined {
  if (judgement instanceof Promise) {
    // What it may be rejected with is not awaited, and would end the process.
    void judgement.catch(() => undefined);
    return "returned a promise: it must not be async";
  }
  if (typeof judgement !== "object" || judgement === null) return `returned ${String(judgement)}`;
  const { outcome } = judgement as { readonly outcome?: unknown };
  return outcomes.includes(outcome) ? undefined : `returned the outcome ${JSON.stringify(outcome) ?? "undefined"}`;
}
