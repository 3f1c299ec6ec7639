import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { Socket } from "../model/environment.ts";

const ssWithinMs = 1000;
let ssIsThere = process.platform === "linux";

/**
 * The connections at some TCP ports of this machine, both ends of those that stay on it. With their bytes where there is
 * `ss` of iproute2, which alone reads them from the kernel; else from /proc, which has none.
 * @param withBytes false where they are not needed: there is less to read then
 * @returns undefined where neither is available
 */
export async function socketsAt(ports: readonly number[], withBytes = true): Promise<readonly Socket[] | undefined> {
  if (ports.length === 0) return [];
  return (await askSs(ports, withBytes)) ?? socketsInNetworkOf("self", ports);
}

/**
 * The connections at some TCP ports, without their bytes.
 * @param pid a process in the network that is meant
 * @returns undefined where there is no /proc, or no such process
 */
export async function socketsInNetworkOf(
  pid: number | "self",
  ports: readonly number[],
): Promise<readonly Socket[] | undefined> {
  const tables = ["tcp", "tcp6"].map((name) => readFile(`/proc/${pid}/net/${name}`, "utf8"));
  // Without the second there are only connections by the first.
  const [first, second] = await Promise.all(tables.map((table) => table.catch(() => undefined)));
  return first === undefined ? undefined : [first, second ?? ""].flatMap((table) => socketsOfTable(table, ports));
}

async function askSs(ports: readonly number[], withBytes: boolean): Promise<readonly Socket[] | undefined> {
  if (!ssIsThere) return undefined;
  const filter = ports.flatMap((port) => [`sport = :${port}`, `dport = :${port}`]).join(" or ");
  return new Promise((resolve) => {
    const options = { timeout: ssWithinMs, maxBuffer: 64 * 1024 * 1024 };
    execFile(
      "ss",
      [withBytes ? "-tinHO" : "-tnHO", "state", "connected", `( ${filter} )`],
      options,
      (error, output) => {
        // One that is missing stays so, and an old one knows no -O.
        if (error !== null && error.killed !== true) ssIsThere = false;
        if (error !== null) return resolve(undefined);
        resolve(socketsOfSs(output, withBytes));
      },
    );
  });
}

/** @param output of `ss -tinHO state connected`, or without `i` and so without bytes */
export function socketsOfSs(output: string, withBytes = true): readonly Socket[] {
  return output.split("\n").flatMap((line) => {
    const [state, , , local, remote] = line.trim().split(/\s+/, 5);
    if (state === undefined || local === undefined || remote === undefined) return [];
    const isOpen = ["ESTAB", "SYN-SENT", "SYN-RECV"].includes(state);
    // What is 0 is left out. Of a connection that is over there are no numbers at all.
    const bytes = (name: string): number => Number(new RegExp(` ${name}:(\\d+)`).exec(line)?.[1] ?? 0);
    const counts = isOpen && withBytes ? { sent: bytes("bytes_acked"), received: bytes("bytes_received") } : {};
    return [{ local: plain(local), remote: plain(remote), isOpen, ...counts }];
  });
}

/** An IPv4 address that is written as one of IPv6, and the name of an interface behind an address. */
const plain = (address: string): string => address.replace(/^\[::ffff:([\d.]+)\]/i, "$1").replace(/%[^\]:]+/, "");

/** ESTABLISHED, SYN_SENT and SYN_RECV in /proc/net/tcp. */
const openStates = ["01", "02", "03"];
const listenState = "0A";

/** @param table the text of /proc/net/tcp or tcp6 */
export function socketsOfTable(table: string, ports: readonly number[]): readonly Socket[] {
  const wanted = new Set(ports);
  return table.split("\n").flatMap((line) => {
    const [, local, remote, state] = line.trim().split(/\s+/, 4);
    const [from, to] = [addressIn(local), addressIn(remote)];
    if (from === undefined || to === undefined || state === undefined || state === listenState) return [];
    if (!wanted.has(from.port) && !wanted.has(to.port)) return [];
    return [{ local: from.text, remote: to.text, isOpen: openStates.includes(state) }];
  });
}

/** As `0100007F:1F90`: each four bytes of the address in the order of this machine, which is the little end first. */
function addressIn(field: string | undefined): { readonly text: string; readonly port: number } | undefined {
  const [, hex, hexPort] = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(field ?? "") ?? [];
  if (hex === undefined || hexPort === undefined) return undefined;
  const port = Number.parseInt(hexPort, 16);
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  const isIpv4 = bytes.length === 4 || /^0{20}ffff/i.test(bytes.join(""));
  if (isIpv4) {
    const parts = bytes.slice(-4).map((byte) => Number.parseInt(byte, 16));
    return { text: `${parts.join(".")}:${port}`, port };
  }
  const groups = bytes.join("").toLowerCase().match(/.{4}/g) ?? [];
  return { text: `[${new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1)}]:${port}`, port };
}
