import type { Measured, RuntimeControl } from "../model/capabilities.ts";
import type { FaultKind, Observation, ScheduledInjection } from "../model/fault.ts";

type Parameters = ScheduledInjection["parameters"];

/** Where the fault keeps itself in the process: a symbol that no program uses. */
const keyOf = ({ id, kind }: ScheduledInjection): string => `Symbol.for("faultline ${kind} ${id}")`;

/**
 * What all faults do that live inside a Node process for a while: a program that puts an object with `tell` and `release`
 * under a symbol of its own is evaluated once, asked how it does, and released. A process that died of it is started again.
 * @param program a statement @param options.isActing by what `tell` tells
 */
export function heldIn(
  program: (key: string, parameters: Parameters) => string,
  options: { isActing: (told: Readonly<Record<string, unknown>>) => boolean },
): Pick<FaultKind<"runtime">, "undo" | "inject" | "heal" | "observe"> {
  return {
    // It ends with its process, and the process with the run.
    undo: () => [],
    async inject(service, injection) {
      const key = keyOf(injection);
      await service.evaluate(`if (globalThis[${key}] === undefined) ${program(key, injection.parameters)}`);
    },
    async heal(service, injection) {
      const key = keyOf(injection);
      if ((await service.state()).state === "dead") {
        await service.restart();
        return;
      }
      if (service.isInspected()) await service.evaluate(`globalThis[${key}]?.release(); delete globalThis[${key}]`);
      await service.closeInspector();
    },
    async observe(service, injection): Promise<Observation> {
      const { state, pid } = await service.state();
      if (state === "dead") return { state: "acting", measured: { process: state, pid } };
      // Nothing of ours is in a process that is not inspected: to look would be to open it.
      if (!service.isInspected()) return { state: "absent", measured: { process: state, pid } };
      const told = await askIn(service, `globalThis[${keyOf(injection)}]?.tell() ?? null`);
      if (told === null) return { state: "absent", measured: { process: state, pid } };
      return { state: options.isActing(told) ? "acting" : "unclear", measured: { process: state, pid, ...told } };
    },
  };
}

async function askIn(service: RuntimeControl, expression: string): Promise<Measured | null> {
  return (await service.evaluate(expression)) as Measured | null;
}
