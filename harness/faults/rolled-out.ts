import type { FaultKind, Observation, ScheduledInjection } from "../model/fault.ts";
import { textOf } from "../schema/parameters.ts";

type Parameters = ScheduledInjection["parameters"];

/** What a fault that changes one variable of a service's environment says of itself. */
interface RolledOut
  extends Pick<FaultKind<"rollout">, "kind" | "summary" | "example" | "options" | "problems" | "title"> {
  /** What the variable has while the fault lasts. @param original what it has otherwise; undefined when it is not set */
  readonly value: (original: string | undefined, parameters: Parameters) => string;
}

/**
 * A fault that starts a service again with another environment: proven by what the kernel says that its process was
 * given. A service that does not survive its new configuration shows it as well: it is dead, since it was rolled out.
 */
export function rolledOut({ value, ...said }: RolledOut): FaultKind<"rollout"> {
  return {
    ...said,
    needs: "rollout",
    // Nobody but the user knows which variables there are.
    explored: [],
    silences: true,
    receipt: "the kernel says what the process was given; or it did not survive it",
    healing: "it is started again with its own configuration, until it answers",
    residue: "an instance with a configuration that is not its own: started again with its own",
    // It ends with the run, and nobody else knows its configuration.
    undo: () => [],
    async inject(service, { parameters }) {
      const variable = textOf(parameters, "variable");
      await service.rollOut({ [variable]: value(service.original(variable), parameters) });
    },
    heal: (service) => service.rollBack(),
    async observe(service, { parameters }): Promise<Observation> {
      const variable = textOf(parameters, "variable");
      const [{ state }, given] = await Promise.all([service.state(), service.given(variable)]);
      const isRolledOut = service.isRolledOut();
      const isOther = given !== service.original(variable);
      const acting = isRolledOut && (state === "dead" || isOther);
      const absent = !isRolledOut && state === "running" && !isOther;
      // The value itself may be a secret.
      const measured = { process: state, [variable]: isOther ? "changed" : "as it was" };
      return { state: acting ? "acting" : absent ? "absent" : "unclear", measured };
    },
  };
}
