import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from "cockatiel";
import { remainingMs, withDeadline, withoutDeadline } from "../platform/deadline.ts";
import { Unavailable } from "../platform/errors.ts";
import { type Log, transitions } from "../platform/log.ts";

/** What stands between the shop and its index, whichever it is. */
export interface Guarded {
  /** Rejects with `Unavailable` at the deadline, and at once while the index has been silent or refusing. */
  readonly run: <T>(what: string, milliseconds: number, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  /** Whether it is asked as callers come. While its breaker is half-open, all callers but one wait for what that one hears. */
  readonly isReady: () => boolean;
}

const failuresInARow = 3;
const breakMs = 500;

export function guarded(log: Log): Guarded {
  const state = transitions(log, "the index");
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: breakMs,
    breaker: new ConsecutiveBreaker(failuresInARow),
  });
  return {
    async run(what, milliseconds, work) {
      const named = `the index: ${what}`;
      // The deadline is inside the breaker: a half-open one holds all callers until its probe is answered.
      const attempt = async () => {
        const giveUp = new AbortController();
        try {
          const answer = await withDeadline(named, milliseconds, work(giveUp.signal));
          state.worked();
          return answer;
        } catch (error) {
          giveUp.abort();
          state.failed(error);
          throw error;
        }
      };
      // The caller's own is outside: the index has not failed when somebody waited for less than it may take.
      const answer = withoutDeadline(() => breaker.execute(attempt));
      return withDeadline(named, remainingMs(milliseconds), answer).catch((error) => {
        throw new Unavailable("search", error instanceof Unavailable ? error.cause : error);
      });
    },
    isReady: () => breaker.state === CircuitState.Closed,
  };
}
