import { isIPv4, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import type { Address } from "../model/environment.ts";
import { type Problem, usageError } from "../model/errors.ts";

/**
 * A load may do harm, so it goes to this machine only: to a loopback name or an address of one of its own interfaces.
 * @param allowed hosts elsewhere that the user named
 * @throws FaultlineError FOREIGN_TARGET
 */
export function assertAllowedTargets(targets: readonly Address[], allowed: readonly string[]): void {
  for (const target of targets) {
    if (isAllowedTarget(target.host, allowed)) continue;
    throw usageError(foreignTarget("target", target, "a load may do harm where it goes"));
  }
}

/** Whether a host is of this machine, or one that the user named. */
export function isAllowedTarget(host: string, allowed: readonly string[]): boolean {
  return isThisMachine(host) || allowed.map(plainHost).includes(plainHost(host));
}

/** A loopback name, or an address of one of its interfaces. */
export function isThisMachine(host: string): boolean {
  return isLoopback(plainHost(host)) || ownAddresses().map(plainHost).includes(plainHost(host));
}

/** @param harm why that is not for us to decide */
export function foreignTarget(where: string, { host, port }: Address, harm: string): Problem<"FOREIGN_TARGET"> {
  const message = `${host}:${port} is not on this machine, and ${harm}`;
  const remedy = `If the system there is yours to break, say so with --allow-target ${host}.`;
  return { code: "FOREIGN_TARGET", where, message, remedy };
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
