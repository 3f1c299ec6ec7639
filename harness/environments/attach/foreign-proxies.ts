import type { LinkControl } from "../../model/capabilities.ts";
import type { Address } from "../../model/environment.ts";
import type { CodeWith } from "../../model/error-codes/index.ts";
import { messageOf, type Problem } from "../../model/errors.ts";
import type { Link, ProxyReference } from "../../model/system.ts";
import { linkControl } from "../../network/link.ts";
import type { TrafficSources } from "../../network/link-look.ts";
import type { Greeting } from "../../network/probe.ts";
import { ProxyServer } from "../../network/proxy-server.ts";
import { isThisMachine } from "../../safety/foreign-targets.ts";
import { listenerOn } from "../../safety/listening.ts";
import { sharedOpenSockets, sharedSockets } from "../system/traffic.ts";
import { addressOf } from "./address.ts";

const answersWithinMs = 3000;
/** Where a server listens that does not say on which interface. */
const anyInterface = ["", "0.0.0.0", "::"];

/** Proxies of servers that are not ours: what is put on them is taken off again, and they are neither made nor removed. */
export class ForeignProxies {
  readonly #servers = new Map<string, ProxyServer>();
  /** All that are seen from here are looked at together. */
  readonly #ports: number[] = [];
  readonly #open = sharedOpenSockets(this.#ports);

  /** Takes hold of the proxy that carries a link. @param greeting of the component at the other end */
  async adopt(
    link: Link,
    { toxiproxy, proxy }: ProxyReference,
    greeting: Greeting,
  ): Promise<{ readonly control: LinkControl } | { readonly problem: Problem }> {
    const wrong = (code: CodeWith<"system">, message: string, remedy: string): { readonly problem: Problem } => ({
      problem: { code, where: `${link.name} through ${proxy} of ${toxiproxy}`, message, remedy },
    });
    const admin = addressOf(toxiproxy);
    const server = this.#serverAt(toxiproxy, admin);
    let found: Awaited<ReturnType<ProxyServer["adopt"]>>;
    try {
      found = await server.adopt(proxy);
    } catch (error) {
      return wrong("NO_TOXIPROXY", messageOf(error), "Give the address of the API of a Toxiproxy that runs.");
    }
    if (!("listen" in found)) {
      const names = found.length === 0 ? "none" : found.join(", ");
      return wrong("NO_SUCH_PROXY", `there is no proxy ${proxy}`, `There are ${names}.`);
    }
    const listen = reachable(found.listen, admin);
    const { answered, error } = await linkControl({ link, listen, server, greeting, proxy }).probe(answersWithinMs);
    if (!answered) {
      const why = found.enabled ? (error ?? "") : "it is disabled";
      const message = `nobody answers through it, at ${listen.host}:${listen.port}: ${why}`;
      return wrong("PROXY_LEADS_NOWHERE", message, `See that it listens, and leads to ${link.to.component}.`);
    }
    const sources = listensHere(listen) ? { sources: this.#sourcesAt(listen.port) } : {};
    return { control: linkControl({ link, listen, server, greeting, proxy, ...sources }) };
  }

  #sourcesAt(port: number): TrafficSources {
    this.#ports.push(port);
    return { sockets: sharedSockets([port]), open: this.#open };
  }

  #serverAt(toxiproxy: string, admin: Address): ProxyServer {
    const server = this.#servers.get(toxiproxy) ?? new ProxyServer(admin);
    this.#servers.set(toxiproxy, server);
    return server;
  }
}

/**
 * Whether the kernel of this machine has all connections of a proxy: not when what listens here only leads to one that
 * runs in a network of its own, to which others may have other ways.
 */
const listensHere = ({ host, port }: Address): boolean =>
  isThisMachine(host) && listenerOn(port)?.startsWith("toxiproxy") === true;

function reachable(listen: string, admin: Address): Address {
  const { host, port } = addressOf(listen.startsWith(":") ? `0.0.0.0${listen}` : listen);
  return { host: anyInterface.includes(host) ? admin.host : host, port };
}
