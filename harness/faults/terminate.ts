import type { FaultKind, FaultSpec } from "../model/fault.ts";
import type { Duration } from "../model/units.ts";
import { numberIn } from "./parameters.ts";
import { observeProcess } from "./process-state.ts";

/**
 * SIGTERM with a grace, then SIGKILL, as orchestrators stop what they replace; healing starts it again. A deployment, a
 * node that is drained. A program that ends well loses nothing by it. Not simulated: a second instance that takes over.
 * @param options.grace from SIGTERM to SIGKILL, from 0 to 60 s; default 2 s
 */
export function terminate<const Target extends string>(
  target: Target,
  options: { grace?: Duration } = {},
): FaultSpec<Target> {
  return { kind: "terminate", target, parameters: { graceMs: options.grace ?? 2000 } };
}

export const terminateFault: FaultKind<"process"> = {
  kind: "terminate",
  needs: "process",
  silences: true,
  summary: "SIGTERM with a grace; started again when healed",
  receipt: "the kernel says that the process is gone",
  healing: "it is started with the same arguments, until it answers",
  example: { graceMs: 500 },
  residue: "children that outlive their parent: the whole tree is killed after the grace",
  problems: (parameters) => numberIn(parameters, "graceMs", { atLeast: 0, atMost: 60_000, unit: "ms" }),
  title: ({ target, parameters }) => `terminate ${target} (grace ${Number(parameters["graceMs"])} ms)`,
  undo: () => [],
  inject: (instance, { parameters }) => instance.terminate(Number(parameters["graceMs"])),
  heal: (instance) => instance.restart(),
  observe: (instance) => observeProcess(instance, "dead"),
};
