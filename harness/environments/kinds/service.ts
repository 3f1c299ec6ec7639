import type { Health } from "../../model/events.ts";
import type { ComponentDefinition, ServiceSettings } from "../../model/system.ts";
import { type Exchange, type Greeting, probe } from "../../network/probe.ts";
import type { Kind } from "./kind.ts";

export const serviceSettings = (definition: ComponentDefinition): ServiceSettings =>
  definition.settings as unknown as ServiceSettings;

/** Any server that speaks HTTP/1.1 answers a GET with a status line. */
function httpGet(path: string): Greeting {
  const get = (headers: string): string =>
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`;
  const understands = (reply: Buffer): boolean => /^HTTP\/1\.[01] 200 /.test(reply.toString("latin1"));
  return { bytes: get(""), understands, inBulk: { bytes: get(`X-Padding: ${"x".repeat(7500)}\r\n`), understands } };
}

export const serviceKind: Kind = {
  kind: "service",
  async isReady({ address, definition }, deadlineMs) {
    return (await probe(address, httpGet(serviceSettings(definition).readyPath), deadlineMs)).answered;
  },
  async health({ address, definition }, deadlineMs): Promise<Health> {
    let isReady = false;
    const anyAnswer: Exchange = {
      ...httpGet(serviceSettings(definition).readyPath),
      understands(reply) {
        const status = /^HTTP\/1\.[01] (\d{3}) /.exec(reply.toString("latin1"))?.[1];
        isReady = status === "200";
        return status !== undefined;
      },
    };
    const { answered } = await probe(address, anyAnswer, deadlineMs);
    return answered ? (isReady ? "ready" : "unready") : "silent";
  },
  async date({ address, definition }, deadlineMs): Promise<number | undefined> {
    const { livePath, readyPath } = serviceSettings(definition);
    let date: number | undefined;
    const dated: Exchange = {
      ...httpGet(livePath ?? readyPath),
      understands(reply) {
        const told = /^date: (.+?)\r$/im.exec(reply.toString("latin1"))?.[1];
        if (told !== undefined) date = Date.parse(told);
        return told !== undefined;
      },
    };
    await probe(address, dated, deadlineMs);
    return date;
  },
  greeting(definition) {
    const { livePath, readyPath } = serviceSettings(definition);
    return httpGet(livePath ?? readyPath);
  },
};
