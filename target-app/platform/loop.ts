import { setTimeout as sleep } from "node:timers/promises";

/** Something that is done over and over, until it is stopped; `stop` waits for the turn under way. */
export interface Loop {
  stop(): Promise<void>;
}

/** @param turn must not throw; returns how long to wait until the next one, in ms */
export function startLoop(turn: () => Promise<number>): Loop {
  const stopping = new AbortController();
  const run = async () => {
    while (!stopping.signal.aborted) {
      const pauseMs = await turn();
      if (pauseMs > 0) await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
