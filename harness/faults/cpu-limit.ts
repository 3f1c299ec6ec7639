import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import { numberIn } from "./parameters.ts";

/**
 * A component gets only a share of the time in which it wants to run: a noisy neighbour, a container at its quota, which
 * the kernel lets run for a part of each period and then not at all. It is stopped and continued ten times a second, as
 * a quota does it. Not simulated: a quota over several processors, and slower memory.
 * @param options.share of the time, from 0.05 to 0.9
 */
export function cpuLimit<const Target extends string>(target: Target, options: { share: number }): FaultSpec<Target> {
  return { kind: "cpuLimit", target, parameters: { share: options.share } };
}

const periodMs = 100;

/** How many pauses there were of each instance, and how long they were. */
const paused = new Map<string, { pauses: number; ms: number }>();
const keyOf = (name: string, id: string): string => `${id} ${name}`;

export const cpuLimitFault: FaultKind<"process"> = {
  kind: "cpuLimit",
  needs: "process",
  // Another fault that stops and continues the same processes would be undone by this one.
  silences: true,
  summary: "a component runs only for a share of the time",
  receipt: "the kernel says that its processes are stopped, in each period again",
  healing: "no further pause, and SIGCONT to all its processes",
  example: { share: 0.5 },
  residue: "a process that stands still: the journal continues it",
  problems: (parameters) => numberIn(parameters, "share", { atLeast: 0.05, atMost: 0.9, unit: "of the time" }),
  title: ({ target, parameters }) => `${target} runs ${Math.round(Number(parameters["share"]) * 100)} % of the time`,
  undo: (instance) => [instance.undoPause()],
  sustain: {
    everyMs: ({ share }) => Math.max(1, Math.round(periodMs * Number(share))),
    async act(instance, { id, parameters }) {
      const began = performance.now();
      await instance.pause();
      const isStopped = instance.state().state === "stopped";
      await new Promise((resolve) => setTimeout(resolve, periodMs * (1 - Number(parameters["share"]))));
      await instance.resume();
      const seen = paused.get(keyOf(instance.name, id));
      if (seen === undefined || !isStopped) return;
      seen.pauses += 1;
      seen.ms += performance.now() - began;
    },
  },
  inject(instance, { id }) {
    if (!paused.has(keyOf(instance.name, id))) paused.set(keyOf(instance.name, id), { pauses: 0, ms: 0 });
    return Promise.resolve();
  },
  async heal(instance, { id }) {
    paused.delete(keyOf(instance.name, id));
    await instance.resume();
  },
  observe(instance, { id }): Promise<Observation> {
    const seen = paused.get(keyOf(instance.name, id));
    const { state, pid } = instance.state();
    if (seen === undefined) {
      return Promise.resolve({ state: state === "running" ? "absent" : "unclear", measured: { process: state, pid } });
    }
    const measured = { process: state, pid, pauses: seen.pauses, pausedMs: Math.round(seen.ms) };
    return Promise.resolve({ state: seen.pauses > 1 ? "acting" : "unclear", measured });
  },
};
