import type { Socket as NodeSocket } from "node:net";
import type { Socket } from "../model/environment.ts";
import type { ByteCounts, ConnectionLook, LinkLook, OpenConnections } from "../model/traffic.ts";

/** Where it can be seen which connections are open, and nothing else. */
export interface OpenSource {
  /** Whether Faultline's own probes are among the sockets. */
  readonly hasProbes: boolean;
  /**
   * Never rejects.
   * @param port that the link's proxy listens on
   * @returns the sockets with this port at one end, and when they were looked at, on the clock of `performance.now()`
   */
  look(port: number): Promise<{ readonly sockets: readonly Socket[]; readonly lookedAtMs: number } | undefined>;
}

/** Sockets by the ports of both of their ends: for many links, each is sorted once. */
export function byPort(sockets: readonly Socket[]): ReadonlyMap<number, readonly Socket[]> {
  const sorted = new Map<number, Socket[]>();
  for (const socket of sockets) {
    for (const port of new Set([portOf(socket.local), portOf(socket.remote)])) {
      const known = sorted.get(port);
      if (known === undefined) sorted.set(port, [socket]);
      else known.push(socket);
    }
  }
  return sorted;
}

/** Where it can be seen what goes over a link; what is absent can't be. None of them rejects. */
export interface TrafficSources {
  readonly open?: OpenSource;
  /** The connections at the proxy's port, any of them by one of its ends or by both. */
  sockets?(): Promise<readonly Socket[] | undefined>;
  /** The clients' ends of all connections that the proxy has taken so far. */
  accepted?(): Promise<readonly string[]>;
  /** The bytes of all connections that are over. */
  closed?(): Promise<ByteCounts | undefined>;
  /** The addresses that the link's clients have, without their ports. Absent: all but those of Faultline's own probes. */
  clients?(): Promise<readonly string[] | undefined>;
}

/** Faultline's own probes over a link, which are no traffic. */
export class OwnProbes {
  readonly #ports = new Set<number>();
  #requestBytes = 0;
  #replyBytes = 0;

  /** Called of each as soon as it is connected. */
  readonly note = (localPort: number, socket: NodeSocket): void => {
    this.#ports.add(localPort);
    socket.once("close", () => {
      this.#requestBytes += socket.bytesWritten;
      this.#replyBytes += socket.bytesRead;
    });
  };

  has(client: string): boolean {
    return this.#ports.has(portOf(client));
  }

  /** Of those that are over. */
  get bytes(): ByteCounts {
    return { requestBytes: this.#requestBytes, replyBytes: this.#replyBytes };
  }
}

/** Looks once at a link. @param port that its proxy listens on, as the sockets have it */
export async function lookAt(sources: TrafficSources, port: number, own: OwnProbes): Promise<LinkLook | undefined> {
  const clients = await sources.clients?.();
  // Without the addresses of its clients, they look like any other.
  if (sources.clients !== undefined && clients === undefined) return undefined;
  const isClient = (client: string): boolean =>
    !own.has(client) && (clients === undefined || clients.includes(hostOf(client)));
  const [sockets, accepted, closed] = await Promise.all([
    sources.sockets?.(),
    sources.accepted?.(),
    sources.closed?.(),
  ]);
  if (sockets === undefined && accepted === undefined) return undefined;
  return {
    ...(sockets === undefined ? {} : { connections: connectionsOf(sockets, port, isClient) }),
    ...(accepted === undefined ? {} : { accepted: accepted.filter(isClient).length }),
    ...(closed === undefined ? {} : { closed: without(closed, own.bytes) }),
  };
}

/**
 * Counts the connections that a link's clients have open. One that either end has closed is none of them: a pool that
 * replaces a connection has two sockets for a moment, and one connection.
 * @param port that its proxy listens on, as the sockets have it
 */
export async function openAt(source: OpenSource, port: number, own: OwnProbes): Promise<OpenConnections | undefined> {
  const seen = await source.look(port);
  if (seen === undefined) return undefined;
  const isClient = (client: string): boolean => !source.hasProbes || !own.has(client);
  const connections = [...connectionsOf(seen.sockets, port, isClient).values()];
  return { open: connections.filter(({ isOpen }) => isOpen).length, lookedAtMs: seen.lookedAtMs };
}

/** By the client's end. What the proxy's own end says of bytes is what counts. */
function connectionsOf(
  sockets: readonly Socket[],
  port: number,
  isClient: (client: string) => boolean,
): ReadonlyMap<string, ConnectionLook> {
  const connections = new Map<string, ConnectionLook>();
  for (const { local, remote, isOpen } of sockets) {
    if (portOf(remote) === port && isClient(local)) connections.set(local, { isOpen });
  }
  for (const { local, remote, isOpen, sent, received } of sockets) {
    if (portOf(local) !== port || !isClient(remote)) continue;
    const bytes = sent === undefined || received === undefined ? {} : { requestBytes: received, replyBytes: sent };
    // Either end may be closed already.
    connections.set(remote, { ...bytes, isOpen: isOpen && (connections.get(remote)?.isOpen ?? true) });
  }
  return connections;
}

const without = (all: ByteCounts, own: ByteCounts): ByteCounts => ({
  requestBytes: Math.max(0, all.requestBytes - own.requestBytes),
  replyBytes: Math.max(0, all.replyBytes - own.replyBytes),
});

const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(":") + 1));
const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(":"));
