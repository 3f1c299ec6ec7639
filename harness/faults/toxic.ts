import type { BulkResult, LinkControl, Measured, ProbeResult, Toxic } from "../model/capabilities.ts";
import type { FaultKind, Observation, ScheduledInjection } from "../model/fault.ts";

/** What a fault made of toxics says of itself. */
interface ToxicFault<Probed extends ProbeResult>
  extends Pick<
    FaultKind<"network">,
    | "kind"
    | "summary"
    | "example"
    | "explored"
    | "everyday"
    | "receipt"
    | "healing"
    | "residue"
    | "options"
    | "problems"
    | "title"
    | "uncounted"
    | "provenAfterMs"
  > {
  /** The toxics that it puts on a link, without their names. */
  readonly toxics: (parameters: ScheduledInjection["parameters"]) => readonly Omit<Toxic, "name">[];
  readonly probe: (link: LinkControl, parameters: ScheduledInjection["parameters"]) => Promise<Probed>;
  /** Whether the probe felt the fault; undefined when it can't tell. */
  readonly isFelt: (result: Probed, parameters: ScheduledInjection["parameters"]) => boolean | undefined;
}

/**
 * A fault that is toxics on a link: put on, taken off, and proven by a probe that goes the same way as the traffic. It
 * acts when its toxics are there and the probe feels them; it is gone when neither is so.
 */
export function toxicFault<Probed extends ProbeResult | BulkResult>(fault: ToxicFault<Probed>): FaultKind<"network"> {
  const { toxics, probe, isFelt, ...said } = fault;
  const named = ({ id, parameters }: ScheduledInjection): readonly Toxic[] =>
    toxics(parameters).map(({ attributes, ...toxic }) => {
      // Toxiproxy takes whole numbers only.
      const whole = Object.entries(attributes).map(([name, value]) => [name, Math.round(value)]);
      return { ...toxic, attributes: Object.fromEntries(whole), name: `${id}-${toxic.type}-${toxic.stream}` };
    });
  return {
    ...said,
    needs: "network",
    undo: (link, injection) => named(injection).map(({ name }) => link.undoToxic(name)),
    async inject(link, injection) {
      for (const toxic of named(injection)) await link.addToxic(toxic);
    },
    async heal(link, injection) {
      for (const { name } of named(injection)) await link.removeToxic(name);
    },
    async observe(link, injection): Promise<Observation> {
      const wanted = named(injection).map(({ name }) => name);
      const present = (await link.toxics()).filter((name) => wanted.includes(name)).length;
      const result = await probe(link, injection.parameters);
      const felt = isFelt(result, injection.parameters);
      const measured: Measured = { toxics: present, ...(result as ProbeResult) };
      if (present === wanted.length && felt === true) return { state: "acting", measured };
      return { state: present === 0 && felt === false ? "absent" : "unclear", measured };
    },
  };
}
