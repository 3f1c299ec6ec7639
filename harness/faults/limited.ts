import type { LimitedResource } from "../model/capabilities.ts";
import type { FaultKind, Observation, ScheduledInjection } from "../model/fault.ts";

/** What all faults do that lower a limit of the kernel to a little more than what is used. @param spare how much more */
export function limited(
  resource: LimitedResource,
  spare: (parameters: ScheduledInjection["parameters"]) => number,
): Pick<FaultKind<"limits">, "undo" | "inject" | "heal" | "observe"> {
  return {
    undo: (instance) => instance.undoLimit(resource),
    inject: (instance, { parameters }) => instance.limit(resource, spare(parameters)),
    async heal(instance) {
      await instance.restoreLimit(resource);
      // It may have died of it.
      await instance.restart();
    },
    async observe(instance): Promise<Observation> {
      const { state } = await instance.state();
      const { isChanged, ...usage } = await instance.usage(resource);
      const measured = { process: state, ...usage };
      if (isChanged || state === "dead") return { state: "acting", measured };
      return { state: usage.limit === undefined ? "unclear" : "absent", measured };
    },
  };
}
