import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";

/** One command blocks for so long; then others get in for a moment, and the next one comes. */
const sliceMs = 300;

/**
 * One slow command after the other blocks a Redis server, which does one thing at a time: `KEYS *`, a script without an
 * end, a huge `DEL`. Everybody waits, and gets in between two of them. Not simulated: a server that burns its processor
 * with many small commands.
 */
export function redisBlock<const Target extends string>(target: Target, options: NoOptions = {}): FaultSpec<Target> {
  return noFaultOptions.spec("redisBlock", target, options);
}

export const redisBlockFault: FaultKind<"redis"> = {
  kind: "redisBlock",
  needs: "redis",
  summary: "one slow command after the other blocks a Redis server",
  receipt: "a `PING` waits for at least a third of a slow command",
  healing: "no further slow command; the last one ends by itself",
  example: {},
  residue: "a command that blocks: it ends by itself after 0.3 s",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `${target} blocked by slow commands`,
  // The last command ends by itself.
  undo: () => [],
  sustain: {
    everyMs: () => sliceMs + 20,
    act: async (redis) => {
      await redis.admin("DEBUG", "SLEEP", String(sliceMs / 1000));
    },
  },
  async inject(redis) {
    // Not awaited to its end: that is when it has stopped acting.
    void redis.admin("DEBUG", "SLEEP", String(sliceMs / 1000)).catch(() => undefined);
    await Promise.resolve();
  },
  heal: () => Promise.resolve(),
  async observe(redis): Promise<Observation> {
    const began = performance.now();
    await redis.ask("PING");
    const waitedMs = Math.round(performance.now() - began);
    const slowest = await redis.ask("SLOWLOG", "GET", "1");
    const measured = { waitedMs, slowlog: Array.isArray(slowest) ? slowest.length : 0 };
    return { state: waitedMs >= sliceMs / 3 ? "acting" : "absent", measured };
  },
};
