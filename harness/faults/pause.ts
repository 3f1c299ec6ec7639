import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";
import { observeProcess } from "./process-state.ts";

/**
 * SIGSTOP to an instance and all its processes; healing continues them. A long garbage collection, a frozen virtual
 * machine, a stalled disk. The kernel goes on accepting connections for it, so its clients see silence and no refusal.
 * Not simulated: clocks that stand still; after the pause the process finds that time has gone on.
 */
export function pause<const Target extends string>(target: Target, options: NoOptions = {}): FaultSpec<Target> {
  return noFaultOptions.spec("pause", target, options);
}

export const pauseFault: FaultKind<"pause"> = {
  kind: "pause",
  needs: "pause",
  silences: true,
  summary: "SIGSTOP; continued when healed",
  receipt: "the kernel says that every process of the instance is stopped",
  healing: "SIGCONT to all its processes",
  example: {},
  everyday: 3,
  residue: "a stopped process: the journal continues it",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `pause ${target}`,
  undo: (instance) => instance.undoPause(),
  inject: (instance) => instance.pause(),
  heal: (instance) => instance.resume(),
  observe: (instance) => observeProcess(instance, "stopped"),
};
