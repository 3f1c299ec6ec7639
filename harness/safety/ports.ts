import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { exits, FaultlineError } from "../model/errors.ts";

/**
 * Ports below the range from which the kernel takes the near ends of outgoing connections (32768 and up on Linux, 49152
 * on macOS). A port from that range is lost to any client in the moment in which its server is killed, and a client that
 * dials a dead port of the range can even connect to itself.
 */
const range = { from: 20_000, to: 32_000 };

/** Ports that this process holds, so that no other run on this host takes one while its server is down. */
export interface PortReservation {
  /** A port on which nothing listens. */
  take(): Promise<number>;
  releaseAll(): void;
}

export function reservePorts(): PortReservation {
  const held: Socket[] = [];
  let next = range.from + Math.floor(Math.random() * (range.to - range.from));
  return {
    async take() {
      for (let tries = 0; tries < range.to - range.from; tries += 1) {
        const port = next;
        next = port + 1 >= range.to ? range.from : port + 1;
        const claimed = await claim(port);
        if (claimed === undefined) continue;
        held.push(claimed);
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
      for (const socket of held.splice(0)) socket.close();
    },
  };
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
 * The UDP port of the same number: no server here wants it, it is there or not at all, every run in this network sees it
 * whatever its user and its temporary folder, and the kernel gives it back when its holder dies.
 * @returns nothing, when somebody else holds it
 */
async function claim(port: number): Promise<Socket | undefined> {
  const socket = createSocket("udp4").unref();
  socket.bind({ port, address: "127.0.0.1", exclusive: true });
  try {
    await once(socket, "listening");
    return socket;
  } catch {
    return undefined;
  }
}
