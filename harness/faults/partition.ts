import type { z } from "zod";
import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { statedPercent } from "../model/quantities.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { choice, number } from "../schema/fields.ts";
import { directions, silence } from "./silence.ts";
import { toxicFault } from "./toxic.ts";

type Direction = (typeof directions)[number];

const partitionOptions = new FaultOptions(
  {
    /** Which way is silent. */
    direction: choice(directions, "PARAMETER_UNKNOWN_VALUE").default("both"),
    /** Drawn for each connection. */
    share: number({ above: 0, atMost: 1, unit: "of the connections" }).default(1),
    /** With `newConnectionsOnly` it is the fault `silence`: what it met stays silent when it heals. */
    heal: choice(["closes", "newConnectionsOnly"] as const, "PARAMETER_UNKNOWN_VALUE").default("closes"),
  },
  ({ heal }) =>
    heal === "closes"
      ? []
      : [
          {
            code: "PARAMETER_UNKNOWN_VALUE",
            where: "heal",
            message: `is "${heal}", which another kind of fault does`,
            remedy: 'Give the kind "silence" to the schedule, without `heal`.',
          },
        ],
);
type PartitionOptions = z.input<typeof partitionOptions.schema>;

/**
 * A link goes silent: connections stay open, nothing comes through, neither end is notified. A cut cable, a firewall rule, a
 * switch that died. With `replies` only, requests are executed and their answers are lost. Healing closes the silent
 * connections, as a peer does that gave up meanwhile; with `heal: "newConnectionsOnly"` it does not, and they stay silent
 * for good (see `silence`). With a `share`, so many of the connections are silent and the
 * others work, new ones too: one of several paths is dead, a firewall forgot some of what it let through. Not simulated:
 * refused connections, and data that arrives late.
 */
export function partition<const Target extends string>(
  target: Target,
  options: PartitionOptions = {},
): FaultSpec<Target> {
  if (options?.heal === "newConnectionsOnly") {
    const { heal: _, ...others } = options;
    return silence(target, others);
  }
  const spec = partitionOptions.spec("partition", target, options);
  if (spec.problems !== undefined) return spec;
  // Which of the two it is says the kind: schedules of earlier versions have no parameter for it either.
  const { heal: _, ...parameters } = spec.parameters;
  return { ...spec, parameters };
}

const shareOf = (parameters: FaultSpec["parameters"]): number => Number(parameters["share"]);

/** How long a probe waits for what should not come. */
const silenceMs = 300;
const streams = { both: ["upstream", "downstream"], requests: ["upstream"], replies: ["downstream"] } as const;

export const partitionFault: FaultKind<"network"> = toxicFault({
  kind: "partition",
  summary: "a link goes silent: connections stay open and nothing comes through",
  receipt: "a request over the link has no answer in 300 ms",
  healing: "the toxics are taken off, which closes the silent connections",
  // What the other end sends is read and dropped, connection by connection, and counted nowhere.
  uncounted: "replies",
  example: { direction: "both", share: 1 },
  explored: [
    { direction: "both", share: 1 },
    { direction: "replies", share: 1 },
  ],
  everyday: 2,
  residue: "toxics: the journal removes them; healing closes the connections that were silent",
  options: partitionOptions.fields,
  problems: partitionOptions.problems,
  title({ target, parameters }) {
    const direction = parameters["direction"] as Direction;
    const share = shareOf(parameters);
    const some = share === 1 ? "" : `${statedPercent(share)} of `;
    return `partition ${some}${target}${direction === "both" ? "" : ` (${direction} only)`}`;
  },
  // A `timeout` of 0 ms drops everything and never closes.
  toxics(parameters) {
    const stopped = streams[parameters["direction"] as Direction];
    // Each toxic draws for itself: that one of them is on a connection must be as likely as was asked for.
    const toxicity = 1 - (1 - shareOf(parameters)) ** (1 / stopped.length);
    return stopped.map((stream) => ({ type: "timeout", stream, toxicity, attributes: { timeout: 0 } }));
  },
  provenAfterMs: () => silenceMs,
  probe: (link) => link.probe(silenceMs),
  isFelt: ({ answered }) => !answered,
});
