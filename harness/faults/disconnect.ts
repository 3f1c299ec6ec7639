import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";

/** How long an instance may take to answer whoever asks it from outside. */
const answerWithinMs = 500;

/**
 * An instance is off its network: no packet comes to it or goes from it. A pulled cable, a security group that was
 * changed, a node that lost its interface. Unlike a partition it is the instance that is lost and not a link: nobody
 * reaches it, and it reaches nobody. Connections that are open fall silent; new ones are closed, since its name is not
 * known any more. Only where an instance has an interface of its own, as a container has. Not simulated: an interface that
 * loses some packets.
 */
export function disconnect<const Target extends string>(target: Target, options: NoOptions = {}): FaultSpec<Target> {
  return noFaultOptions.spec("disconnect", target, options);
}

export const disconnectFault: FaultKind<"nic"> = {
  kind: "disconnect",
  needs: "nic",
  silences: true,
  summary: "an instance is off its network: nobody reaches it, and it reaches nobody",
  receipt: "the container engine says that it is on no network, and it answers nobody",
  healing: "it is put back on its network, by the same name",
  example: {},
  everyday: 7,
  residue: "a container without a network: containers end with the run",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `disconnect ${target}`,
  // Whatever has an interface of its own ends with the run.
  undo: () => [],
  inject: (instance) => instance.unplug(),
  heal: (instance) => instance.plugIn(),
  async observe(instance): Promise<Observation> {
    const [isPluggedIn, answers] = await Promise.all([instance.isPluggedIn(), instance.answers(answerWithinMs)]);
    const measured = { network: isPluggedIn ? "on" : "off", answers };
    if (isPluggedIn === answers) return { state: answers ? "absent" : "acting", measured };
    return { state: "unclear", measured };
  },
};
