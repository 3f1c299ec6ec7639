import type { FaultKind, FaultSpec, ScheduledInjection } from "../model/fault.ts";
import type { Duration } from "../model/units.ts";
import { numberIn } from "./parameters.ts";

/**
 * Every answer on a link comes later: a busy network, a distant region, a neighbour that hogs the disk of the server.
 * Not simulated: slow connection set-up, loss, and reordering; the delay acts on what the server sends.
 * @param options.latency at most 60 s; @param options.jitter uniform ±, at most the latency
 */
export function latency<const Target extends string>(
  target: Target,
  options: { latency: Duration; jitter?: Duration },
): FaultSpec<Target> {
  return {
    kind: "latency",
    target,
    parameters: { latencyMs: options.latency, jitterMs: options.jitter ?? 0 },
  };
}

const read = (parameters: FaultSpec["parameters"]): { latencyMs: number; jitterMs: number } => ({
  latencyMs: Number(parameters["latencyMs"]),
  jitterMs: Number(parameters["jitterMs"]),
});
const toxicName = (injection: ScheduledInjection): string => `${injection.id}-latency`;

export const latencyFault: FaultKind<"network"> = {
  kind: "latency",
  needs: "network",
  summary: "every answer on a link comes later",
  problems: (parameters) => [
    ...numberIn(parameters, "latencyMs", { above: 0, atMost: 60_000, unit: "ms" }),
    ...numberIn(parameters, "jitterMs", { atLeast: 0, atMost: read(parameters).latencyMs, unit: "ms" }),
  ],
  title({ target, parameters }) {
    const { latencyMs, jitterMs } = read(parameters);
    return `latency ${latencyMs}${jitterMs > 0 ? ` ± ${jitterMs}` : ""} ms on ${target}`;
  },
  undo: (link, injection) => [link.undoToxic(toxicName(injection))],
  async inject(link, injection) {
    const { latencyMs, jitterMs } = read(injection.parameters);
    await link.addToxic({
      name: toxicName(injection),
      type: "latency",
      stream: "downstream",
      attributes: { latency: latencyMs, jitter: jitterMs },
    });
  },
  heal: (link, injection) => link.removeToxic(toxicName(injection)),
  async observe(link, injection) {
    const { latencyMs, jitterMs } = read(injection.parameters);
    const armed = (await link.toxics()).includes(toxicName(injection));
    const answer = await link.probe(latencyMs + jitterMs + 1000);
    const delayed = (answer.roundTripMs ?? 0) >= latencyMs - jitterMs;
    const measured = { toxic: armed, ...answer };
    if (armed) return { state: delayed && answer.answered ? "acting" : "unclear", measured };
    // A round trip as long as the fault's, without the fault, proves nothing of the heal.
    return { state: answer.answered && !delayed ? "absent" : "unclear", measured };
  },
};
