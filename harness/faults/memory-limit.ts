import type { z } from "zod";
import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { statedBytes } from "../model/quantities.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { number } from "../schema/fields.ts";
import { limited } from "./limited.ts";

const memoryLimitOptions = new FaultOptions({
  /** Megabytes that it may still get. */
  spare: number({ atLeast: 1, atMost: 100_000, unit: "MB" }),
});
type MemoryLimitOptions = z.input<typeof memoryLimitOptions.schema>;

/**
 * A component gets hardly any more memory: a container at its limit, a neighbour that took the rest. What it has it may
 * keep. Where there are control groups (as root, mostly) all its processes share the spare, and beyond it the kernel's
 * out-of-memory killer ends one of them; where not, what a process asks for beyond it is refused (`prlimit`), and most
 * programs end themselves then. Healing lifts the limit, and starts it again if it ended. Not simulated: swapping.
 */
export function memoryLimit<const Target extends string>(
  target: Target,
  options: MemoryLimitOptions,
): FaultSpec<Target> {
  return memoryLimitOptions.spec("memoryLimit", target, options);
}

export const memoryLimitFault: FaultKind<"limits"> = {
  kind: "memoryLimit",
  needs: "limits",
  summary: "a component gets hardly any more memory",
  receipt: "the kernel says that the limit is another one than before; or the process died of it",
  healing: "the limit is what it was; started again if it died",
  example: { spare: 200 },
  residue: "a control group, which the journal takes away; or a limit of a process, which ends with it",
  options: memoryLimitOptions.fields,
  problems: memoryLimitOptions.problems,
  title: ({ target, parameters }) =>
    `${target} with ${statedBytes(Number(parameters["spare"]) * 1_000_000)} of memory left`,
  ...limited("memory", ({ spare }) => Number(spare) * 1_000_000),
};
