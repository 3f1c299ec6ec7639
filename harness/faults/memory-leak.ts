import type { z } from "zod";
import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { statedThroughput } from "../model/quantities.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { number } from "../schema/fields.ts";
import { heldIn } from "./held-in-process.ts";

const memoryLeakOptions = new FaultOptions({
  perSecond: number({ atLeast: 1, atMost: 1000, unit: "MB/s" }),
  /** In all. */
  atMost: number({ atLeast: 1, atMost: 16_000, unit: "MB" }),
});
type MemoryLeakOptions = z.input<typeof memoryLeakOptions.schema>;

/**
 * A Node service keeps more and more of its heap: a cache without a bound, listeners that are never taken off. Long
 * before its limit the garbage collector takes the time that requests should have; at the limit the process aborts.
 * Healing lets go of everything. Not simulated: memory outside of the heap, and the kernel's out-of-memory killer.
 */
export function memoryLeak<const Target extends string>(target: Target, options: MemoryLeakOptions): FaultSpec<Target> {
  return memoryLeakOptions.spec("memoryLeak", target, options);
}

/** A packed array of 131,072 doubles has one megabyte, on the heap. */
const program = (key: string, perSecond: number, atMost: number): string => `{
  const kept = [];
  const began = performance.now();
  const timer = setInterval(() => {
    const due = Math.min(${atMost}, ((performance.now() - began) / 1000) * ${perSecond});
    while (kept.length < due) kept.push(new Array(131072).fill(0.5));
  }, 20).unref();
  globalThis[${key}] = {
    tell: () => ({ keptMb: kept.length, heapMb: Math.round(process.memoryUsage().heapUsed / 1e6) }),
    release: () => { clearInterval(timer); kept.length = 0; },
  };
}`;

export const memoryLeakFault: FaultKind<"runtime"> = {
  kind: "memoryLeak",
  needs: "runtime",
  summary: "a Node service keeps more and more of its heap",
  receipt: "the process tells what it keeps, and how large its heap is; or it died of it",
  healing: "it lets go of everything; started again if it died",
  example: { perSecond: 20, atMost: 40 },
  residue: "a heap that stays large until it is collected, and an open inspector, which is closed",
  options: memoryLeakOptions.fields,
  problems: memoryLeakOptions.problems,
  title: ({ target, parameters }) => `${target} leaks ${statedThroughput(Number(parameters["perSecond"]) * 1_000_000)}`,
  ...heldIn((key, { perSecond, atMost }) => program(key, Number(perSecond), Number(atMost)), {
    isActing: ({ keptMb }) => Number(keptMb) > 0,
  }),
};
