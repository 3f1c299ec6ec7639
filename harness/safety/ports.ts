import { mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { exits, FaultlineError } from "../model/errors.ts";
import { stateFolder } from "./leftovers.ts";
import { identify, isAlive } from "./processes.ts";

/**
 * Ports below the range from which the kernel takes the near ends of outgoing connections (32768 and up on Linux, 49152
 * on macOS). A port from that range is lost to any client in the moment in which its server is killed, and a client that
 * dials a dead port of the range can even connect to itself.
 */
const range = { from: 20_000, to: 32_000 };

/** Ports that this run holds, so that no other run of this user takes one while its server is down. */
export interface PortReservation {
  /** A port on which nothing listens. */
  take(): Promise<number>;
  releaseAll(): void;
}

export function reservePorts(): PortReservation {
  const folder = join(stateFolder(), "ports");
  mkdirSync(folder, { recursive: true });
  const held: number[] = [];
  const owner = JSON.stringify(identify(process.pid));
  let next = range.from + Math.floor(Math.random() * (range.to - range.from));
  return {
    async take() {
      for (let tries = 0; tries < range.to - range.from; tries += 1) {
        const port = next;
        next = port + 1 >= range.to ? range.from : port + 1;
        if (!claim(join(folder, String(port)), owner)) continue;
        held.push(port);
        if (await isFree(port)) return port;
      }
      throw new FaultlineError(exits.system, [
        {
          code: "NO_FREE_PORT",
          where: "127.0.0.1",
          message: `no free port between ${range.from} and ${range.to}`,
          remedy: "Run `faultline clean`, and look for servers that were left running.",
        },
      ]);
    },
    releaseAll() {
      for (const port of held.splice(0)) rmSync(join(folder, String(port)), { force: true });
    },
  };
}

/** Removes the reservations of dead runs. */
export function cleanPorts(): void {
  const folder = join(stateFolder(), "ports");
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (isStale(join(folder, name))) rmSync(join(folder, name), { force: true });
}

/** @returns whether nothing listens on the port of the loopback interface */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * A symbolic link that leads nowhere and whose text says who holds the port: it is there with its text or not at all,
 * while a file could be left empty by a kill between its making and its writing, and nobody would know whose it is.
 */
function claim(path: string, owner: string): boolean {
  try {
    symlinkSync(owner, path);
    return true;
  } catch {
    return false;
  }
}

function isStale(path: string): boolean {
  try {
    return !isAlive(JSON.parse(readlinkSync(path)));
  } catch {
    return false;
  }
}
