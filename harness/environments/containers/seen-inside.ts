import type { Socket } from "../../model/environment.ts";
import { processesInContainers } from "../../safety/processes.ts";
import { socketsInNetworkOf } from "../../safety/sockets.ts";
import type { ManagedContainer } from "./container.ts";

/** The connections of a container's processes to a port elsewhere; undefined where its network can't be looked into. */
export async function socketsTo(
  container: ManagedContainer | undefined,
  port: number,
): Promise<readonly Socket[] | undefined> {
  const pids = processesInContainers().get(container?.id);
  return pids?.[0] === undefined ? undefined : socketsInNetworkOf(pids[0], [port]);
}

/** The addresses of a container in its networks. */
export async function addressesOf(container: ManagedContainer | undefined): Promise<readonly string[]> {
  const inspection = await container?.inspect();
  const networks = Object.values(inspection?.NetworkSettings.Networks ?? {});
  return networks.flatMap(({ IPAddress: address }) => (address === "" ? [] : [address]));
}
