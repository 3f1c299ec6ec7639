import type { z } from "zod";
import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import { statedPercent } from "../model/quantities.ts";
import type { SilenceOrder } from "../model/relay.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { choice, number } from "../schema/fields.ts";

export const directions = ["both", "requests", "replies"] as const;

const silenceOptions = new FaultOptions({
  /** Which way is silent; what is silent when it heals stays so both ways. */
  direction: choice(directions, "PARAMETER_UNKNOWN_VALUE").default("both"),
  /** Drawn for each connection. */
  share: number({ above: 0, atMost: 1, unit: "of the connections" }).default(1),
});
type SilenceOptions = z.input<typeof silenceOptions.schema>;

/**
 * A link goes silent, and the connections that it met stay silent when it heals: only new ones work. A NAT table or a
 * firewall that forgot its connections, a load balancer that was replaced, a host that moved. Neither end hears of it, so
 * that a client without a time-out or keep-alive of its own waits for good: what it still has open at rest is a gauge,
 * which `nothingLeftBehind` judges. The same as `partition(target, { heal: "newConnectionsOnly" })`. Not simulated: servers
 * that keep their end. When a client gives up its end of a silent connection, the relay closes the server's.
 */
export function silence<const Target extends string>(target: Target, options: SilenceOptions = {}): FaultSpec<Target> {
  return silenceOptions.spec("silence", target, options);
}

/** How long a probe waits for what should not come. */
const silenceMs = 300;

export const silenceFault: FaultKind<"relay"> = {
  kind: "silence",
  needs: "relay",
  summary: "a link goes silent, and its connections stay silent when it heals: only new ones work",
  receipt: "a request over the link has no answer in 300 ms; `silenced` connections were open when it began",
  healing:
    "new connections work, and a probe is answered; `forgotten` connections stay silent until their clients close them",
  // What the other end sends is read and dropped, and never gets to the clients.
  uncounted: "replies",
  example: { direction: "both", share: 1 },
  explored: [],
  residue: "silent connections, until their clients give them up: the relay that holds them ends with the run",
  options: silenceOptions.fields,
  problems: silenceOptions.problems,
  title({ target, parameters }) {
    const { direction, share } = orderOf(parameters);
    const some = share === 1 ? "" : `${statedPercent(share)} of `;
    const way = direction === "both" ? "" : ` (${direction} only)`;
    return `partition ${some}${target}${way}, old connections stay silent`;
  },
  provenAfterMs: () => silenceMs,
  undo: () => [],
  inject: (link, { id, parameters }) => link.silence(id, orderOf(parameters)),
  heal: (link, { id }) => link.forget(id),
  async observe(link, { id }): Promise<Observation> {
    const { answered, ...probe } = await link.probe(silenceMs);
    const counts = await link.silenceCounts(id);
    const { isActive = false, ...connections } = counts ?? {};
    const measured = { silent: isActive, answered, ...probe, ...connections };
    if (isActive && !answered) return { state: "acting", measured };
    return { state: !isActive && answered ? "absent" : "unclear", measured };
  },
};

const orderOf = (parameters: FaultSpec["parameters"]): SilenceOrder => ({
  direction: parameters["direction"] as SilenceOrder["direction"],
  share: Number(parameters["share"]),
});
