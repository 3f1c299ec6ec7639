import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A way to a component that can turn into a black hole: connections are accepted, and nothing comes through. */
export interface Link {
  readonly url: string;
  blackHole(): void;
  /** Connections break, and new ones are refused. */
  refuse(): Promise<void>;
  /** What was held up arrives now, late; or it is lost, and connections from before the heal stay silent for ever. */
  heal(heldUp?: "delivered" | "lost"): Promise<void>;
  /**
   * Once: what the client sends with this in it gets there, and the connection breaks instead of the reply.
   * @param lost called at that moment
   */
  loseReplyTo(text: string, lost?: () => void): void;
  close(): Promise<void>;
}

export async function openLink(target: string): Promise<Link> {
  const { hostname, port, protocol, username, pathname } = new URL(target);
  const pairs = new Set<readonly [Socket, Socket]>();
  let isBlack = false;
  let doomed: { readonly text: string; readonly lost?: (() => void) | undefined } | undefined;

  const join = (pair: readonly [Socket, Socket]) => {
    pair[0].pipe(pair[1]);
    pair[1].pipe(pair[0]);
  };
  const part = ([near, far]: readonly [Socket, Socket]) => {
    for (const socket of [near, far]) socket.unpipe().pause();
  };

  const watch = ([near, far]: readonly [Socket, Socket]) => {
    near.on("data", (chunk) => {
      if (doomed === undefined || !chunk.includes(doomed.text)) return;
      const { lost } = doomed;
      doomed = undefined;
      far.unpipe();
      far.once("data", () => {
        near.destroy();
        lost?.();
      });
      // What was unpiped stands still, also for a listener.
      far.resume();
    });
  };

  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on("error", () => undefined);
      socket.on("close", () => {
        for (const each of pair) each.destroySoon();
        pairs.delete(pair);
      });
    }
    if (!isBlack) join(pair);
    if (doomed !== undefined) watch(pair);
  });
  const listen = async (at: number) => {
    server.listen(at, "127.0.0.1");
    await once(server, "listening");
  };
  const shut = async () => {
    const closed = once(server, "close");
    server.close();
    for (const pair of pairs) for (const socket of pair) socket.destroy();
    await closed;
  };
  await listen(0);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port was given");

  return {
    url: `${protocol}//${username === "" ? "" : `${username}@`}127.0.0.1:${address.port}${pathname}`,
    blackHole() {
      isBlack = true;
      for (const pair of pairs) part(pair);
    },
    refuse: shut,
    async heal(heldUp = "delivered") {
      if (!server.listening) await listen(address.port);
      if (!isBlack) return; // Joined once more, a connection would carry every byte twice.
      isBlack = false;
      if (heldUp === "delivered") for (const pair of pairs) join(pair);
    },
    loseReplyTo(text, lost) {
      doomed = { text, lost };
      for (const pair of pairs) watch(pair);
    },
    async close() {
      if (server.listening) await shut();
    },
  };
}
