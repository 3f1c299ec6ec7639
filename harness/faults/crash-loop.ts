import type { z } from "zod";
import type { ProcessControl } from "../model/capabilities.ts";
import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import { statedDuration } from "../model/quantities.ts";
import type { Duration } from "../model/units.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { duration } from "../schema/fields.ts";

const crashLoopOptions = new FaultOptions({
  /** From one SIGKILL to the next. */
  every: duration({ atLeast: 500, atMost: 60_000 }).default(2000 as Duration),
});
type CrashLoopOptions = z.input<typeof crashLoopOptions.schema>;

/**
 * It crashes, is started again, and crashes again: a poison message at the head of a queue, a bad release under an
 * orchestrator that restarts. Each time its clients believe that it is back. Not simulated: growing pauses between the
 * restarts, as orchestrators make them.
 */
export function crashLoop<const Target extends string>(
  target: Target,
  options: CrashLoopOptions = {},
): FaultSpec<Target> {
  return crashLoopOptions.spec("crashLoop", target, options);
}

/** The process that was there before the fault: another one, or none, is the fault's doing. */
const before = new WeakMap<ProcessControl, number>();

export const crashLoopFault: FaultKind<"process"> = {
  kind: "crashLoop",
  needs: "process",
  silences: true,
  summary: "killed and started again, over and over",
  receipt: "the process is gone, or is another one than before",
  healing: "it is started with the same arguments, until it answers",
  example: { everyMs: 1000 },
  residue: "as of kill",
  options: crashLoopOptions.fields,
  problems: crashLoopOptions.problems,
  title: ({ target, parameters }) => `crash loop of ${target} every ${statedDuration(Number(parameters["everyMs"]))}`,
  undo: () => [],
  sustain: {
    everyMs: ({ everyMs }) => Number(everyMs),
    async act(instance) {
      await instance.restart();
      await instance.kill();
    },
  },
  async inject(instance) {
    if (!before.has(instance)) before.set(instance, (await instance.state()).pid);
    await instance.kill();
  },
  async heal(instance) {
    await instance.restart();
    before.delete(instance);
  },
  async observe(instance): Promise<Observation> {
    const { state, pid } = await instance.state();
    const first = before.get(instance);
    const isActing = first !== undefined && (state === "dead" || pid !== first);
    const measured = { process: state, pid };
    return { state: isActing ? "acting" : state === "running" ? "absent" : "unclear", measured };
  },
};
