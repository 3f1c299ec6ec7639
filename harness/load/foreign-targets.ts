import { isIPv4, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import type { Address } from "../model/environment.ts";
import { usageError } from "../model/errors.ts";

/**
 * A load may do harm, so it goes to this machine only: to a loopback name or an address of one of its own interfaces.
 * @param allowed hosts elsewhere that the user named
 * @throws FaultlineError FOREIGN_TARGET
 */
export function assertAllowedTargets(targets: readonly Address[], allowed: readonly string[]): void {
  const hosts = new Set([...allowed, ...ownAddresses()].map(plainHost));
  for (const { host, port } of targets) {
    if (isLoopback(plainHost(host)) || hosts.has(plainHost(host))) continue;
    const message = `${host}:${port} is not on this machine, and a load may do harm where it goes`;
    const remedy = `If the system there is yours to break, say so with --allow-target ${host}.`;
    throw usageError({ code: "FOREIGN_TARGET", where: "target", message, remedy });
  }
}

function isLoopback(host: string): boolean {
  if (isIPv4(host)) return host.startsWith("127.") || host === "0.0.0.0";
  if (isIPv6(host)) return host === "::1" || host === "::" || /^::ffff:127\.\d+\.\d+\.\d+$/.test(host);
  return host === "localhost" || host.endsWith(".localhost");
}

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));

/** Names are the same in upper case and with the dot of the root; addresses of IPv6 in URLs have brackets. */
const plainHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
