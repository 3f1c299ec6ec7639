import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";

/** The states LISTEN and ESTABLISHED in /proc/net/tcp. */
export const listening = "0A";
export const established = "01";

/** @returns whether this very process listens on the TCP port. Linux: from /proc; elsewhere: from `lsof` */
export function isListening(pid: number, port: number): boolean {
  if (process.platform !== "linux") return lsof(["-a", "-p", String(pid)], port) !== undefined;
  const inodes = listeningInodes(port);
  return socketsOf(pid).some((inode) => inodes.includes(inode));
}

/** @returns who listens on the port, as `redis-server (pid 4711)`, when that can be known */
export function listenerOn(port: number): string | undefined {
  if (process.platform !== "linux") return lsof([], port);
  const inodes = listeningInodes(port);
  const pid = readdirSync("/proc").find(
    (name) => /^\d+$/.test(name) && socketsOf(Number(name)).some((inode) => inodes.includes(inode)),
  );
  if (pid === undefined) return undefined;
  try {
    return `${readFileSync(`/proc/${pid}/comm`, "utf8").trim()} (pid ${pid})`;
  } catch {
    return `pid ${pid}`;
  }
}

/** @returns the TCP ports that a process listens on, in order. Linux only; elsewhere empty */
export function portsOf(pid: number): readonly number[] {
  if (process.platform !== "linux") return [];
  const own = new Set(socketsOf(pid));
  const ports = socketsIn(listening)
    .filter((fields) => own.has(fields[9] ?? ""))
    .map(portOf);
  return [...new Set(ports)].sort((a, b) => a - b);
}

/**
 * The local ports of all connections of a network, a port as often as there are connections to it. Aside, since with some
 * hundred connections the kernel takes 10 ms to tell, which the load generator must not stand still for.
 * @param pid a process in that network; our own when absent
 * @returns undefined where that can't be known
 */
export async function connectedPorts(pid: number | "self" = "self"): Promise<readonly number[] | undefined> {
  const tables = tableNames.map((name) => readFile(`/proc/${pid}/net/${name}`, "utf8"));
  // Without the second there are only connections by the first.
  const [first, second] = await Promise.all(tables.map((table) => table.catch(() => undefined)));
  return first === undefined ? undefined : portsIn(`${first}${second ?? ""}`, established);
}

/** @param ports of all connections, where they can be known */
export function connectionsTo(port: number, ports: readonly number[] | undefined): number | undefined {
  return ports?.filter((one) => one === port).length;
}

function listeningInodes(port: number): readonly string[] {
  return socketsAt(port, listening).flatMap((fields) => fields[9] ?? []);
}

/** Those of them at a local port. */
function socketsAt(port: number, state: string): readonly (readonly string[])[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  return socketsIn(state).filter((fields) => fields[1]?.endsWith(`:${hexPort}`));
}

const tableNames = ["tcp", "tcp6"];

/** The lines of /proc/net/tcp for the sockets in a state, field by field. */
function socketsIn(state: string): readonly (readonly string[])[] {
  return tableNames.flatMap((name) => socketsOfTable(read(`/proc/net/${name}`), state));
}

/** @param table the text of /proc/net/tcp, of whatever network @returns the local port of each socket in a state */
export function portsIn(table: string, state: string): readonly number[] {
  return socketsOfTable(table, state).map(portOf);
}

function socketsOfTable(table: string, state: string): readonly (readonly string[])[] {
  return table
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === state);
}

const portOf = (fields: readonly string[]): number => Number.parseInt(fields[1]?.split(":").at(-1) ?? "", 16);

function socketsOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).flatMap((name) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${name}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function lsof(filter: readonly string[], port: number): string | undefined {
  try {
    const args = ["-nP", "-Fcp", ...filter, `-iTCP:${port}`, "-sTCP:LISTEN"];
    const text = execFileSync("lsof", args, { encoding: "utf8", timeout: 5000, stdio: ["ignore", "pipe", "ignore"] });
    const pid = /^p(\d+)$/m.exec(text)?.[1];
    return pid === undefined ? undefined : `${/^c(.+)$/m.exec(text)?.[1] ?? "a process"} (pid ${pid})`;
  } catch {
    return undefined;
  }
}
