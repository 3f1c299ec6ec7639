import type { Address } from "../model/environment.ts";
import type { Health } from "../model/events.ts";
import { type Exchange, type Greeting, probe } from "./probe.ts";

/** Any server that speaks HTTP/1.1 answers a GET with a status line. */
export function httpGet(path: string): Greeting {
  const get = (headers: string): string =>
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`;
  const understands = (reply: Buffer): boolean => /^HTTP\/1\.[01] 200 /.test(reply.toString("latin1"));
  return { bytes: get(""), understands, inBulk: { bytes: get(`X-Padding: ${"x".repeat(7500)}\r\n`), understands } };
}

/** What a server says of itself at the path of its readiness. Never rejects. */
export async function httpHealth(address: Address, readyPath: string, deadlineMs: number): Promise<Health> {
  let isReady = false;
  const anyAnswer: Exchange = {
    ...httpGet(readyPath),
    understands(reply) {
      const status = /^HTTP\/1\.[01] (\d{3}) /.exec(reply.toString("latin1"))?.[1];
      isReady = status === "200";
      return status !== undefined;
    },
  };
  const { answered } = await probe(address, anyAnswer, deadlineMs);
  return answered ? (isReady ? "ready" : "unready") : "silent";
}
