import type { LinkControl } from "../model/capabilities.ts";
import type { Address } from "../model/environment.ts";
import type { Link } from "../model/system.ts";
import { type Greeting, probe, probeClosing } from "./probe.ts";
import type { ProxyServer } from "./proxy-server.ts";
import { foreignTraffic } from "./traffic.ts";

/** What Toxiproxy calls the proxy of a link: one path segment, since its client does not escape names. */
export const proxyName = (link: Link): string => link.name.replace("->", ".");

/** One link under control: its own proxy, and a probe that goes the same way as its traffic. */
export function linkControl(options: {
  link: Link;
  /** Where the proxy listens. */
  listen: Address;
  server: ProxyServer;
  greeting: Greeting;
  /** What its proxy is called, when it is somebody else's. */
  proxy?: string;
}): LinkControl {
  const { link, listen, server, greeting, proxy = proxyName(link) } = options;
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
    probe: (deadlineMs) => probe(listen, greeting, deadlineMs),
    async probeInBulk(deadlineMs) {
      const result = await probe(listen, greeting.inBulk, deadlineMs);
      return { ...result, bytes: greeting.inBulk.bytes.length };
    },
    probeClosing: (deadlineMs) => probeClosing(listen, greeting, deadlineMs),
    traffic: foreignTraffic(listen),
  };
}
