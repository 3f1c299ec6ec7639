import type { Socket } from "../../model/environment.ts";
import { AcceptLog } from "../../network/accept-log.ts";
import { closedBytes } from "../../network/closed-bytes.ts";
import { byPort, type OpenSource } from "../../network/link-look.ts";
import { socketsAt } from "../../safety/sockets.ts";

/** What a Toxiproxy of ours says of its traffic, proxy by proxy. */
export interface ProxyRecords {
  accepted(proxy: string): Promise<readonly string[]>;
  /** The clients' addresses, without their ports, of all proxies together. */
  clientHosts(): Promise<ReadonlySet<string>>;
  closed(proxy: string): ReturnType<typeof closedBytes>;
}

/** The option with which Toxiproxy counts bytes. */
export const countsBytes = "-proxy-metrics";

/** @param log that it writes to, at the level `info` */
export function recordsOf(admin: string, log: string): ProxyRecords {
  const accepted = new AcceptLog(log);
  return {
    accepted: (proxy) => accepted.clientsOf(proxy),
    clientHosts: () => accepted.hosts(),
    closed: (proxy) => closedBytes(admin, proxy),
  };
}

/** How old a look may be to do for another link, too: those that an injection acts on are looked at together. */
const sharedForMs = 20;

/** Looks at the connections of this machine at some ports; all who ask at the same time share a look. */
export function sharedSockets(ports: readonly number[]): () => Promise<readonly Socket[] | undefined> {
  const shared = sharedFor(sharedForMs, () => socketsAt(ports));
  return () => shared().look;
}

/** Which of these are open, for the least that it costs. @param ports may grow */
export function sharedOpenSockets(ports: readonly number[]): OpenSource {
  return openSource(true, sharedForMs, () => socketsAt(ports, false));
}

/** @param lastsMs how old a look may be to do for another link, too */
export function openSource(
  hasProbes: boolean,
  lastsMs: number,
  look: () => Promise<readonly Socket[] | undefined>,
): OpenSource {
  const shared = sharedFor(lastsMs, async () => {
    const sockets = await look();
    return sockets === undefined ? undefined : byPort(sockets);
  });
  return {
    hasProbes,
    async look(port) {
      const { atMs, look: taken } = shared();
      const sorted = await taken;
      return sorted === undefined ? undefined : { sockets: sorted.get(port) ?? [], lookedAtMs: atMs };
    },
  };
}

/** A look, and when it was begun. */
interface Shared<T> {
  readonly atMs: number;
  readonly look: Promise<T>;
}

/** @returns looks anew when the last look is older than that */
export function sharedFor<T>(lastsMs: number, look: () => Promise<T>): () => Shared<T> {
  let last: Shared<T> | undefined;
  return () => {
    const atMs = performance.now();
    if (last === undefined || atMs - last.atMs > lastsMs) last = { atMs, look: look() };
    return last;
  };
}
