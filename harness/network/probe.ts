import { connect } from "node:net";
import type { ProbeResult } from "../model/capabilities.ts";
import type { Address } from "../model/environment.ts";
import { messageOf } from "../model/errors.ts";

/** The shortest exchange to which a live server of some kind must answer. */
export interface Greeting {
  readonly bytes: string | Uint8Array;
  /** Whether what came back so far is the answer of a live server. */
  understands(reply: Buffer): boolean;
}

/**
 * Connects, says the greeting, and waits for an answer that is understood.
 * @param deadlineMs for all of it; there is no answer after that
 * @returns never rejects: no answer is a result
 */
export function probe(address: Address, greeting: Greeting, deadlineMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    let reply = Buffer.alloc(0);
    let sentAt = performance.now();
    const socket = connect({ host: address.host, port: address.port });
    const settle = (result: ProbeResult): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => settle({ answered: false, error: `no answer in ${deadlineMs} ms` }), deadlineMs);
    socket.once("connect", () => {
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
