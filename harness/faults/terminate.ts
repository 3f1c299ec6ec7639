import type { z } from "zod";
import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { statedDuration } from "../model/quantities.ts";
import type { Duration } from "../model/units.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { duration } from "../schema/fields.ts";
import { observeProcess } from "./process-state.ts";

const terminateOptions = new FaultOptions({
  /** From SIGTERM to SIGKILL. */
  grace: duration({ atLeast: 0, atMost: 60_000 }).default(2000 as Duration),
});
type TerminateOptions = z.input<typeof terminateOptions.schema>;

/**
 * SIGTERM with a grace, then SIGKILL, as orchestrators stop what they replace; healing starts it again. A deployment, a
 * node that is drained. A program that ends well loses nothing by it. Not simulated: a second instance that takes over.
 */
export function terminate<const Target extends string>(
  target: Target,
  options: TerminateOptions = {},
): FaultSpec<Target> {
  return terminateOptions.spec("terminate", target, options);
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
  options: terminateOptions.fields,
  problems: terminateOptions.problems,
  title: ({ target, parameters }) => `terminate ${target} (grace ${statedDuration(Number(parameters["graceMs"]))})`,
  undo: () => [],
  inject: (instance, { parameters }) => instance.terminate(Number(parameters["graceMs"])),
  heal: (instance) => instance.restart(),
  observe: (instance) => observeProcess(instance, "dead"),
};
