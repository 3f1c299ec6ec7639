import { AsyncLocalStorage } from "node:async_hooks";

/** The work was not done in time. It may still be done later: nothing here can take it back. */
export class DeadlineExceeded extends Error {
  constructor(what: string, milliseconds: number) {
    super(`${what} was not answered within ${milliseconds} ms`);
    this.name = "DeadlineExceeded";
  }
}

/** Settles with the work, or rejects at the deadline, even if the work never settles at all. */
export async function withDeadline<T>(what: string, milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    // A process that was held up sees its timers before its sockets: what came in time is let be read first. Without
    // this, a busy process takes its own lateness for its cache's, turns to Postgres, and gets busier still.
    timer = setTimeout(() => setImmediate(() => reject(new DeadlineExceeded(what, milliseconds))), milliseconds);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

const deadlines = new AsyncLocalStorage<{ readonly endsAt: number }>();

/** Runs the work for somebody who waits so long and no longer; a deadline that is there already is kept if it is sooner. */
export function boundedBy<T>(milliseconds: number, work: () => T): T {
  return deadlines.run({ endsAt: performance.now() + remainingMs(milliseconds) }, work);
}

/** What is left of the time that the request has, at most so much; everything that waits for a component asks it. */
export function remainingMs(most: number): number {
  const endsAt = deadlines.getStore()?.endsAt ?? Number.POSITIVE_INFINITY;
  return Math.min(most, endsAt - performance.now());
}

/** For work whose answer others wait for, too: the deadline of whoever came first is not theirs. */
export function withoutDeadline<T>(work: () => T): T {
  return deadlines.exit(work);
}
