/**
 * Waits for a task no longer than its deadline. The task itself goes on; whoever can end it should.
 * @param late makes the error of a task that took too long
 * @param signal ends the waiting with an AbortError, whose cause is the signal's reason
 */
export async function withDeadline<T>(
  task: Promise<T>,
  deadlineMs: number,
  late: () => Error,
  signal?: AbortSignal,
): Promise<T> {
  const over = new AbortController();
  const alarm = new Promise<never>((_, reject) => {
    // A process that was held up sees its timers before its sockets: what came in time is read first.
    const timer = setTimeout(() => setImmediate(() => reject(late())), deadlineMs);
    const stop = (): void =>
      reject(new DOMException("The operation was aborted", { name: "AbortError", cause: signal?.reason }));
    if (signal?.aborted === true) stop();
    signal?.addEventListener("abort", stop, { signal: over.signal });
    over.signal.addEventListener("abort", () => clearTimeout(timer));
  });
  try {
    return await Promise.race([task, alarm]);
  } finally {
    over.abort();
  }
}
