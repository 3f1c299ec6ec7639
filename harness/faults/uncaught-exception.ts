import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";

/**
 * Something throws in a Node service where nobody catches it, and the process ends by itself: a bug that one request
 * found. Unlike with `kill`, its own last handlers run, and what it had buffered may be written or lost. Healing starts
 * it again. A service that swallows such exceptions survives, and then the fault is not proven. Not simulated: promises
 * that reject and that nobody waits for, where a program treats these otherwise.
 */
export function uncaughtException<const Target extends string>(
  target: Target,
  options: NoOptions = {},
): FaultSpec<Target> {
  return noFaultOptions.spec("uncaughtException", target, options);
}

export const uncaughtExceptionFault: FaultKind<"runtime"> = {
  kind: "uncaughtException",
  needs: "runtime",
  silences: true,
  summary: "something throws in a Node service where nobody catches it",
  receipt: "the kernel says that the process is gone",
  healing: "it is started with the same arguments, until it answers",
  example: {},
  residue: "an open inspector, if the service survives: it is closed",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `uncaught exception in ${target}`,
  undo: () => [],
  async inject(service) {
    if ((await service.state()).state === "dead") return;
    await service.evaluate('void setTimeout(() => { throw new Error("an uncaught exception, by Faultline") }, 0)');
  },
  async heal(service) {
    await service.closeInspector();
    await service.restart();
  },
  async observe(service): Promise<Observation> {
    const { state, pid } = await service.state();
    return { state: state === "dead" ? "acting" : "absent", measured: { process: state, pid } };
  },
};
