import type { z } from "zod";
import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { statedDuration } from "../model/quantities.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { duration } from "../schema/fields.ts";
import { heldIn } from "./held-in-process.ts";

const eventLoopBlockOptions = new FaultOptions({
  blockedFor: duration({ atLeast: 1, atMost: 2000 }, "milliseconds(200)"),
  /** The pause between two of them. */
  every: duration({ atLeast: 1, atMost: 60_000 }, "milliseconds(200)").optional(),
});
type EventLoopBlockOptions = z.input<typeof eventLoopBlockOptions.schema>;

/**
 * The event loop of a Node service stands still for a while, again and again: synchronous work on a large answer, a
 * regular expression that backtracks, a JSON document of a hundred megabytes. Connections are accepted by the kernel and
 * wait; timers fire late, its own deadlines among them. Not simulated: many threads that compete for processors.
 */
export function eventLoopBlock<const Target extends string>(
  target: Target,
  options: EventLoopBlockOptions,
): FaultSpec<Target> {
  return eventLoopBlockOptions.spec("eventLoopBlock", target, { every: options?.blockedFor, ...options });
}

const program = (key: string, blockedForMs: number, everyMs: number): string => `{
  const held = { blocks: 0, longestMs: 0 };
  const block = () => {
    const began = performance.now();
    while (performance.now() - began < ${blockedForMs});
    held.blocks += 1;
    held.longestMs = Math.max(held.longestMs, Math.round(performance.now() - began));
    held.timer = setTimeout(block, ${everyMs}).unref();
  };
  held.timer = setTimeout(block, 0).unref();
  held.tell = () => ({ blocks: held.blocks, longestMs: held.longestMs });
  held.release = () => clearTimeout(held.timer);
  globalThis[${key}] = held;
}`;

export const eventLoopBlockFault: FaultKind<"runtime"> = {
  kind: "eventLoopBlock",
  needs: "runtime",
  summary: "the event loop of a Node service stands still, again and again",
  receipt: "the process itself has measured how long it stood still",
  healing: "it is told to stop doing so, and its inspector is closed",
  example: { blockedForMs: 50, everyMs: 50 },
  residue: "a timer in the process, and an open inspector: both go away with the heal, and with the process",
  provenAfterMs: ({ blockedForMs }) => Number(blockedForMs),
  options: eventLoopBlockOptions.fields,
  problems: eventLoopBlockOptions.problems,
  title: ({ target, parameters }) =>
    `block the event loop of ${target} for ${statedDuration(Number(parameters["blockedForMs"]))}`,
  ...heldIn((key, { blockedForMs, everyMs }) => program(key, Number(blockedForMs), Number(everyMs)), {
    isActing: ({ blocks }) => Number(blocks) > 0,
  }),
};
