import type { Toxic } from "../model/capabilities.ts";
import type { FaultKind, FaultSpec, ScheduledInjection } from "../model/fault.ts";
import { oneOf } from "./parameters.ts";

const directions = ["both", "requests", "replies"] as const;
type Direction = (typeof directions)[number];

/**
 * A link goes silent: connections stay open, nothing comes through, nobody is told. A cut cable, a firewall rule, a
 * switch that died. With `replies` only, requests are executed and their answers are lost. Healing closes the silent
 * connections, as a peer does that gave up meanwhile. Not simulated: refused connections, and data that arrives late.
 */
export function partition<const Target extends string>(
  target: Target,
  options: { direction?: Direction } = {},
): FaultSpec<Target> {
  return { kind: "partition", target, parameters: { direction: options.direction ?? "both" } };
}

/** How long a probe waits for what should not come. */
const silenceMs = 300;
const streams = { both: ["upstream", "downstream"], requests: ["upstream"], replies: ["downstream"] } as const;

/** A `timeout` toxic of 0 ms drops everything and never closes. */
function toxicsOf(injection: ScheduledInjection): readonly Toxic[] {
  return streams[injection.parameters["direction"] as Direction].map((stream) => ({
    name: `${injection.id}-partition-${stream}`,
    type: "timeout",
    stream,
    attributes: { timeout: 0 },
  }));
}

export const partitionFault: FaultKind<"network"> = {
  kind: "partition",
  needs: "network",
  summary: "a link goes silent: connections stay open and nothing comes through",
  problems: (parameters) => oneOf(parameters, "direction", directions),
  title({ target, parameters }) {
    const direction = parameters["direction"] as Direction;
    return `partition ${target}${direction === "both" ? "" : ` (${direction} only)`}`;
  },
  undo: (link, injection) => toxicsOf(injection).map((toxic) => link.undoToxic(toxic.name)),
  async inject(link, injection) {
    for (const toxic of toxicsOf(injection)) await link.addToxic(toxic);
  },
  async heal(link, injection) {
    for (const toxic of toxicsOf(injection)) await link.removeToxic(toxic.name);
  },
  async observe(link, injection) {
    const names = toxicsOf(injection).map((toxic) => toxic.name);
    const present = (await link.toxics()).filter((name) => names.includes(name));
    const answer = await link.probe(silenceMs);
    const measured = { toxics: present.length, ...answer };
    if (present.length === names.length && !answer.answered) return { state: "acting", measured };
    return { state: present.length === 0 && answer.answered ? "absent" : "unclear", measured };
  },
};
