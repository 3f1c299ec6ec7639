import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";
import { observeProcess } from "./process-state.ts";

/**
 * SIGKILL without warning to an instance and all its processes; healing starts it again with the same arguments. An
 * out-of-memory kill, a crash, a node that is taken away. Not simulated: power loss; the kernel keeps what was written,
 * so that even a server which never syncs loses nothing of what it had handed to the kernel.
 */
export function kill<const Target extends string>(target: Target, options: NoOptions = {}): FaultSpec<Target> {
  return noFaultOptions.spec("kill", target, options);
}

export const killFault: FaultKind<"process"> = {
  kind: "kill",
  needs: "process",
  silences: true,
  summary: "SIGKILL without warning; started again when healed",
  receipt: "the kernel says that the process is gone",
  healing: "it is started with the same arguments, until it answers",
  example: {},
  everyday: 1,
  residue: "orphans of the killed process: the whole tree is killed; stale lock files: removed before it starts again",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `kill ${target}`,
  // A dead process leaves nothing that somebody else would have to undo.
  undo: () => [],
  inject: (instance) => instance.kill(),
  heal: (instance) => instance.restart(),
  observe: (instance) => observeProcess(instance, "dead"),
};
