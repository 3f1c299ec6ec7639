import type { Address } from "../../model/environment.ts";

/** @returns a host and a port of `host:port`, as `127.0.0.1:6379` or `[::1]:6379`; undefined for anything else */
export function parseAddress(text: unknown): Address | undefined {
  if (typeof text !== "string") return undefined;
  const [, host, port] = /^(\[[0-9a-fA-F:.]+\]|[^\s:/@[\]]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return undefined;
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

/** @throws Error for what `parseAddress` does not take; a plan has made sure of it */
export function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`"${text}" is no host:port`);
  return address;
}
