import type { LinkControl } from "../model/capabilities.ts";
import type { Address } from "../model/environment.ts";
import type { RunEvent } from "../model/events.ts";
import type { Link } from "../model/system.ts";
import { lookAt, type OpenSource, OwnProbes, openAt, type TrafficSources } from "./link-look.ts";
import { type Greeting, probe, probeClosing } from "./probe.ts";
import type { ProxyServer, Replacement } from "./proxy-server.ts";
import { foreignTraffic } from "./traffic.ts";

/** What Toxiproxy calls the proxy of a link: one path segment, since its client does not escape names. */
export const proxyName = (link: Link): string => link.name.replace("->", ".");

/** The link that a proxy of ours carries, by the proxy's name. */
const linkOf = (proxy: string): string => proxy.replace(".", "->");

/**
 * What a run's events say of a replaced Toxiproxy.
 * @param nowMs on the run's clock
 */
export function replacedEvent({ why, fromMs, toMs, proxies }: Replacement, nowMs: number): RunEvent {
  // From one clock to the other by how long ago it was.
  const since = nowMs - performance.now();
  const [from, to] = [fromMs, toMs].map((ms) => Math.round((ms + since) * 1000) / 1000);
  const links = proxies.map(linkOf);
  return { atMs: nowMs, type: "replaced", what: "toxiproxy", why, fromMs: from!, toMs: to!, links };
}

/** One link under control: its own proxy, and a probe that goes the same way as its traffic. */
export function linkControl(options: {
  link: Link;
  /** Where the proxy listens. */
  listen: Address;
  server: ProxyServer;
  greeting: Greeting;
  /** What its proxy is called, when it is somebody else's. */
  proxy?: string;
  /** Where it can be seen what goes over it. */
  sources?: TrafficSources;
}): LinkControl {
  const { link, listen, server, greeting, proxy = proxyName(link), sources } = options;
  const own = new OwnProbes();
  const whose = { admin: server.admin, proxy, ...(options.proxy === undefined ? {} : { foreign: true as const }) };
  return {
    name: link.name,
    addToxic: (toxic) => server.addToxic(proxy, toxic),
    removeToxic: (name) => server.removeToxic(proxy, name),
    undoToxic: (toxic) => ({ do: "removeToxic", ...whose, toxic }),
    toxics: () => server.toxics(proxy),
    setListening: (listens) => server.setEnabled(proxy, listens),
    undoListening: () => ({ do: "openProxy", ...whose }),
    isListening: () => server.isEnabled(proxy),
    probe: (deadlineMs) => probe(listen, greeting, deadlineMs, own.note),
    async probeInBulk(deadlineMs) {
      const result = await probe(listen, greeting.inBulk, deadlineMs, own.note);
      return { ...result, bytes: greeting.inBulk.bytes.length };
    },
    probeClosing: (deadlineMs) => probeClosing(listen, greeting, deadlineMs, own.note),
    traffic: foreignTraffic(listen),
    ...(sources === undefined ? {} : { look: () => lookAt(sources, listen.port, own).catch(() => undefined) }),
    ...(sources?.open === undefined ? {} : { openConnections: openConnectionsOf(sources.open, listen.port, own) }),
  };
}

const openConnectionsOf =
  (source: OpenSource, port: number, own: OwnProbes): NonNullable<LinkControl["openConnections"]> =>
  () =>
    openAt(source, port, own).catch(() => undefined);
