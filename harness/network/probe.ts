import { connect, type Socket } from "node:net";
import type { ProbeResult } from "../model/capabilities.ts";
import type { Address } from "../model/environment.ts";
import { messageOf } from "../model/errors.ts";
import { statedDuration } from "../model/quantities.ts";

/** An exchange to which a live server of some kind must answer. */
export interface Exchange {
  readonly bytes: string | Uint8Array;
  /** Whether what came back so far is the answer of a live server. */
  understands(reply: Buffer): boolean;
}

/** The shortest such exchange, and one whose request has some kilobytes. */
export interface Greeting extends Exchange {
  readonly inBulk: Exchange;
}

/** Gets the local port and the socket of a probe as soon as it is connected, so that it can be left out of what is counted. */
export type OnProbe = (localPort: number, socket: Socket) => void;

/**
 * Connects, says the greeting, and waits for an answer that is understood.
 * @param deadlineMs for all of it; there is no answer after that
 * @returns never rejects: no answer is a result
 */
export function probe(
  address: Address,
  greeting: Exchange,
  deadlineMs: number,
  onProbe?: OnProbe,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    let reply = Buffer.alloc(0);
    let sentAt = performance.now();
    const socket = connect({ host: address.host, port: address.port });
    const settle = (result: ProbeResult): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(
      () => settle({ answered: false, error: `no answer in ${statedDuration(deadlineMs)}` }),
      deadlineMs,
    );
    socket.once("connect", () => {
      onProbe?.(socket.localPort ?? 0, socket);
      sentAt = performance.now();
      socket.write(greeting.bytes);
    });
    socket.on("data", (chunk) => {
      reply = Buffer.concat([reply, chunk]);
      if (greeting.understands(reply)) {
        settle({ answered: true, roundTripMs: Math.round((performance.now() - sentAt) * 1000) / 1000 });
      }
    });
    socket.once("error", (error) => settle({ answered: false, error: messageOf(error) }));
    socket.once("close", () => settle({ answered: false, error: "closed without an answer" }));
  });
}

/**
 * Is answered, ends its side of the connection, and waits until the other end has ended its own.
 * @returns the time from end to end as `roundTripMs`; never rejects
 */
export function probeClosing(
  address: Address,
  greeting: Exchange,
  deadlineMs: number,
  onProbe?: OnProbe,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    let reply = Buffer.alloc(0);
    let endedAt = Number.NaN;
    const socket = connect({ host: address.host, port: address.port, allowHalfOpen: true });
    const settle = (result: ProbeResult): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(
      () => settle({ answered: false, error: `not closed in ${statedDuration(deadlineMs)}` }),
      deadlineMs,
    );
    socket.once("connect", () => {
      onProbe?.(socket.localPort ?? 0, socket);
      socket.write(greeting.bytes);
    });
    socket.on("data", (chunk) => {
      reply = Buffer.concat([reply, chunk]);
      if (!Number.isNaN(endedAt) || !greeting.understands(reply)) return;
      endedAt = performance.now();
      socket.end();
    });
    const closed = (): void => {
      if (Number.isNaN(endedAt)) settle({ answered: false, error: "closed without an answer" });
      else settle({ answered: true, roundTripMs: Math.round((performance.now() - endedAt) * 1000) / 1000 });
    };
    socket.once("end", closed);
    socket.once("close", closed);
    socket.once("error", (error) => settle({ answered: false, error: messageOf(error) }));
  });
}
