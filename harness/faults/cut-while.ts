import type { z } from "zod";
import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import type { CutOrder } from "../model/relay.ts";
import type { Duration } from "../model/units.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { choice, duration, text, whole } from "../schema/fields.ts";
import { textOf } from "../schema/parameters.ts";

const cutWhileOptions = new FaultOptions({
  /** Upper and lower case are the same. */
  sends: text('Give the text that clients send at that moment, as sends: "COMMIT".'),
  /** `reply`: the component does it and cannot say so. `request`: it never gets it. */
  lose: choice(["reply", "request"] as const, "PARAMETER_UNKNOWN_VALUE").default("reply"),
  /** At most so many cuts on each link. */
  times: whole({ atLeast: 1, atMost: 1000, unit: "cuts" }).default(3),
  /** At least so long from one cut to the next. */
  every: duration({ atLeast: 0, atMost: 60_000 }, "milliseconds(500)").default(500 as Duration),
});
type CutWhileOptions = z.input<typeof cutWhileOptions.schema>;

/**
 * A connection is cut while something certain is under way on it: a COMMIT, a SET, an acknowledgement. Not at a time, but
 * at the moment in which its bytes go over the link. With `reply`, the component gets the request, and the connection is
 * cut when it begins to answer; replies that come before this one on the connection are lost, too. With `request`, the
 * request is not passed on, nor what came with it in one packet. Any bytes that look like it are taken for the moment, as
 * those of a value. Not simulated: a TCP reset at the client, to which the proxy closes the connection instead; and what
 * is encrypted shows no moment.
 */
export function cutWhile<const Target extends string>(target: Target, options: CutWhileOptions): FaultSpec<Target> {
  return cutWhileOptions.spec("cutWhile", target, options);
}

/** How long a probe waits for the sign of life that shows that nothing is cut. */
const answersWithinMs = 1000;

export const cutWhileFault: FaultKind<"relay"> = {
  kind: "cutWhile",
  needs: "relay",
  summary: "connections of a link are cut while something certain is under way, as a COMMIT",
  receipt: "the relay has seen the bytes of the moment and cut the connection, once at least",
  healing: "nothing is cut any more, and a probe over the link is answered",
  waitsForMoment: true,
  example: { sends: "GET", lose: "reply", times: 3, everyMs: 0 },
  explored: [],
  residue: "none: the relay ends with the run",
  options: cutWhileOptions.fields,
  problems: cutWhileOptions.problems,
  title({ target, parameters }) {
    const { sends, lose } = orderOf(parameters);
    return `cut ${target} while it sends ${JSON.stringify(sends)} (${lose} lost)`;
  },
  undo: () => [],
  inject: (link, { id, parameters }) => link.cutOn(id, orderOf(parameters)),
  heal: (link, { id }) => link.stopCutting(id),
  async observe(link, { id }): Promise<Observation> {
    const { isArmed, cuts, moments } = (await link.cutCounts(id)) ?? { isArmed: false, cuts: 0, moments: 0 };
    const measured = { armed: isArmed, cuts, moments };
    // A probe while it is armed could be what is cut, and would be no evidence of anything.
    if (isArmed) return { state: cuts > 0 ? "acting" : "unclear", measured };
    const probe = await link.probe(answersWithinMs);
    return { state: probe.answered ? "absent" : "unclear", measured: { ...measured, ...probe } };
  },
};

const orderOf = (parameters: FaultSpec["parameters"]): CutOrder => ({
  sends: textOf(parameters, "sends"),
  lose: parameters["lose"] as CutOrder["lose"],
  times: Number(parameters["times"]),
  everyMs: Number(parameters["everyMs"]),
});
