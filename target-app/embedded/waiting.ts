import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface Patience {
  readonly withinMs?: number;
  /** In words, for the error. */
  readonly what?: string;
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Polls until the probe gives something; the last error is the reason when it never does. */
export async function eventually<T>(
  probe: () => Promise<T | undefined> | T | undefined,
  { withinMs = 30_000, what = "the condition", signal }: Patience = {},
): Promise<T> {
  const endsAt = performance.now() + withinMs;
  let reason: unknown;
  while (performance.now() < endsAt) {
    signal?.throwIfAborted();
    try {
      const found = await probe();
      if (found !== undefined && found !== false) return found;
      reason = undefined;
    } catch (error) {
      reason = error;
    }
    await sleep(20);
  }
  throw new Error(`${what} did not hold within ${withinMs} ms`, { cause: reason });
}

/**
 * A port that is free by now, and that the kernel does not give to anybody by itself in the moment until it is used:
 * those for outgoing connections begin far above it. Nor does anybody who asks here get it as long as this process lives,
 * which holds the UDP port of that number. The last port that `fetch` refuses to talk to is 10080.
 */
export function freePort(): Promise<number> {
  const first = 11_000;
  const attempt = async () => {
    const port = first + Math.floor(Math.random() * 9000);
    const claim = createSocket("udp4").unref();
    claim.bind({ port, address: "127.0.0.1", exclusive: true });
    await once(claim, "listening");
    return listenFor(port, "127.0.0.1");
  };
  return eventually(attempt, { what: "a free port" });
}

/**
 * Whether somebody could listen there, found out by doing it for a moment.
 * @returns the port, which for 0 is one that is free
 * @throws the error of `listen`, as EADDRINUSE
 */
export async function listenFor(port: number, host: string): Promise<number> {
  const server = createServer().listen(port, host);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}
