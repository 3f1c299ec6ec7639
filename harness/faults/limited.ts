import type { LimitedResource } from "../model/capabilities.ts";
import type { FaultKind, Observation, ScheduledInjection } from "../model/fault.ts";

/** What all faults do that lower a limit of the kernel to a little more than what is used. @param spare how much more */
export function limited(
  resource: LimitedResource,
  spare: (parameters: ScheduledInjection["parameters"]) => number,
): Pick<FaultKind<"limits">, "undo" | "inject" | "heal" | "observe"> {
  return {
    // A limit ends with its process, and the process with the run.
    undo: () => [],
    inject: (instance, { parameters }) => instance.limit(resource, spare(parameters)),
    async heal(instance) {
      await instance.restoreLimit(resource);
      // It may have died of it.
      await instance.restart();
    },
    observe(instance): Promise<Observation> {
      const { state } = instance.state();
      const { used, limit, isChanged } = instance.usage(resource);
      const measured = { process: state, used, ...(limit === undefined ? {} : { limit }) };
      if (isChanged || state === "dead") return Promise.resolve({ state: "acting", measured });
      return Promise.resolve({ state: limit === undefined ? "unclear" : "absent", measured });
    },
  };
}
