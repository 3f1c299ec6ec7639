import { setTimeout as sleep } from "node:timers/promises";

/** What is done again and again. */
interface Sustained {
  /** Its last turn is over when this returns. */
  end(): Promise<void>;
}

/**
 * Does something every so often, one turn after the other. A turn that fails is told once, and does not end the others:
 * what a fault does to a server may be the very reason.
 */
export function sustain(everyMs: number, act: () => Promise<void>, failed: (error: unknown) => void): Sustained {
  const over = new AbortController();
  const rounds = (async () => {
    while (!over.signal.aborted) {
      await sleep(everyMs, undefined, { signal: over.signal }).catch(() => undefined);
      if (over.signal.aborted) return;
      await act().catch(failed);
    }
  })();
  return {
    end() {
      over.abort();
      return rounds;
    },
  };
}
