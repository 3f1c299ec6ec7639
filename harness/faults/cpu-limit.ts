import type { z } from "zod";
import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import { statedPercent } from "../model/quantities.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { number } from "../schema/fields.ts";

const cpuLimitOptions = new FaultOptions({
  /** How much of the time it runs. */
  share: number({ atLeast: 0.05, atMost: 0.9, unit: "of the time" }),
});
type CpuLimitOptions = z.input<typeof cpuLimitOptions.schema>;

/**
 * A component gets only a share of the time in which it wants to run: a noisy neighbour, a container at its quota, which
 * the kernel lets run for a part of each period and then not at all. Where there are control groups (as root, mostly) it
 * is the kernel's own quota, of one processor's time for all its processes; where not, they are stopped and continued ten
 * times a second, as a quota does it. Not simulated: a quota over several processors, and slower memory.
 */
export function cpuLimit<const Target extends string>(target: Target, options: CpuLimitOptions): FaultSpec<Target> {
  return cpuLimitOptions.spec("cpuLimit", target, options);
}

const periodMs = 100;

/** Longer than that without a pause, and there will be none. */
const overAfterMs = 10 * periodMs;

/** How many pauses there were of each instance, how long they were in all, and when the last one ended. */
const paused = new Map<string, { pauses: number; ms: number; lastAt: number }>();
const keyOf = (name: string, id: string): string => `${id} ${name}`;

export const cpuLimitFault: FaultKind<"pause"> = {
  kind: "cpuLimit",
  needs: "pause",
  // Another fault that stops and continues the same processes would be undone by this one.
  silences: true,
  summary: "a component runs only for a share of the time",
  receipt: "the kernel says that it is under the quota; or that its processes are stopped, in each period again",
  healing: "no quota, no further pause, and SIGCONT to all its processes",
  example: { share: 0.5 },
  residue: "a control group, or a process that stands still: the journal takes the one away and continues the other",
  options: cpuLimitOptions.fields,
  problems: cpuLimitOptions.problems,
  title: ({ target, parameters }) => `${target} runs ${statedPercent(Number(parameters["share"]))} of the time`,
  undo: (instance) => [...instance.undoPause(), ...instance.undoQuota()],
  sustain: {
    everyMs: ({ share }) => Math.max(1, Math.round(periodMs * Number(share))),
    async act(instance, { id, parameters }) {
      if ((await instance.quota()) !== undefined) return;
      const began = performance.now();
      await instance.pause();
      const isStopped = (await instance.state()).state === "stopped";
      await new Promise((resolve) => setTimeout(resolve, periodMs * (1 - Number(parameters["share"]))));
      await instance.resume();
      const seen = paused.get(keyOf(instance.name, id));
      if (seen === undefined || !isStopped) return;
      seen.pauses += 1;
      seen.lastAt = performance.now();
      seen.ms += seen.lastAt - began;
    },
  },
  async inject(instance, { id, parameters }) {
    if (await instance.setQuota(Number(parameters["share"]))) return;
    const key = keyOf(instance.name, id);
    if (!paused.has(key)) paused.set(key, { pauses: 0, ms: 0, lastAt: performance.now() });
  },
  async heal(instance, { id }) {
    paused.delete(keyOf(instance.name, id));
    await instance.liftQuota();
    await instance.resume();
  },
  async observe(instance, { id }): Promise<Observation> {
    const seen = paused.get(keyOf(instance.name, id));
    const [{ state, pid }, quota] = await Promise.all([instance.state(), instance.quota()]);
    if (quota !== undefined) return { state: "acting", measured: { process: state, pid, ...quota } };
    if (seen === undefined || performance.now() - seen.lastAt > overAfterMs) {
      return { state: state === "running" ? "absent" : "unclear", measured: { process: state, pid } };
    }
    const measured = { process: state, pid, pauses: seen.pauses, pausedMs: Math.round(seen.ms) };
    return { state: seen.pauses > 1 ? "acting" : "unclear", measured };
  },
};
