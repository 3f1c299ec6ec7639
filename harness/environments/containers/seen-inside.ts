import type { Socket } from "../../model/environment.ts";
import type { OpenSource } from "../../network/link-look.ts";
import { processesInContainers } from "../../safety/processes.ts";
import { socketsInNetworkOf } from "../../safety/sockets.ts";
import { openSource, sharedFor } from "../system/traffic.ts";
import type { ManagedContainer } from "./container.ts";

/** The connections of a container's processes to a port elsewhere; undefined where its network can't be looked into. */
export async function socketsTo(
  container: ManagedContainer | undefined,
  port: number,
): Promise<readonly Socket[] | undefined> {
  const pids = processesInContainers().get(container?.id);
  return pids?.[0] === undefined ? undefined : socketsInNetworkOf(pids[0], [port]);
}

/** A look reads all processes of this machine, and the whole table of sockets once for each container: no more often than this. */
const openSharedForMs = 2500;

/**
 * Which connections of containers to some ports are open. The probes are none of them: they are made elsewhere.
 * @returns for each instance; its links share a look
 */
export function openSocketsIn(
  ports: readonly number[],
  containerOf: (instance: string) => ManagedContainer | undefined,
): (instance: string) => OpenSource {
  const processes = sharedFor(openSharedForMs, () => Promise.resolve(processesInContainers()));
  const sources = new Map<string, OpenSource>();
  const sourceOf = (instance: string): OpenSource =>
    openSource(false, openSharedForMs, async () => {
      const [pid] = (await processes().look).get(containerOf(instance)?.id) ?? [];
      return pid === undefined ? undefined : socketsInNetworkOf(pid, ports);
    });
  return (instance) => {
    const source = sources.get(instance) ?? sourceOf(instance);
    sources.set(instance, source);
    return source;
  };
}

/** The addresses of a container in its networks. */
export async function addressesOf(container: ManagedContainer | undefined): Promise<readonly string[]> {
  const inspection = await container?.inspect();
  const networks = Object.values(inspection?.NetworkSettings.Networks ?? {});
  return networks.flatMap(({ IPAddress: address }) => (address === "" ? [] : [address]));
}
