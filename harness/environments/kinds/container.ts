import { connect } from "node:net";
import type { Address } from "../../model/environment.ts";
import type { ComponentDefinition, ContainerSettings } from "../../model/system.ts";
import { httpGet, httpHealth } from "../../network/http-probe.ts";
import { type Greeting, probe } from "../../network/probe.ts";
import type { ComponentKind } from "../../pack/component-kind.ts";

/** A connection that stays open so long is taken: an engine's own proxy takes any, and closes it when nobody is behind. */
const keptMs = 100;

export const containerSettings = (definition: ComponentDefinition): ContainerSettings =>
  definition.settings as unknown as ContainerSettings;

/**
 * Of a program that nobody knows: whatever it says to a request is a sign of life, also that it does not understand. Of
 * HTTP/1.0, whose only line other protocols of lines take for a command of theirs; Redis throws out who says `Host:`.
 */
const anyWord = (reply: Buffer): boolean => reply.length > 0;
const get = (path: string): string => `GET ${path} HTTP/1.0\r\n\r\n`;
const anybody: Greeting = {
  bytes: get("/"),
  understands: anyWord,
  inBulk: { bytes: get(`/?${"x".repeat(7500)}`), understands: anyWord },
};

export const containerKind: ComponentKind = {
  kind: "container",
  async isReady({ address, definition }, deadlineMs) {
    const { port, readyPath } = containerSettings(definition);
    if (port === undefined) return true;
    if (readyPath === undefined) return takesConnections(address, deadlineMs);
    return (await probe(address, httpGet(readyPath), deadlineMs)).answered;
  },
  async health({ address, definition }, deadlineMs) {
    const { readyPath } = containerSettings(definition);
    return readyPath === undefined ? undefined : httpHealth(address, readyPath, deadlineMs);
  },
  greeting(definition) {
    const { readyPath } = containerSettings(definition);
    return readyPath === undefined ? anybody : httpGet(readyPath);
  },
};

function takesConnections({ host, port }: Address, deadlineMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let timer = setTimeout(() => settle(false), deadlineMs);
    const settle = (isTaken: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isTaken);
    };
    socket.once("connect", () => {
      clearTimeout(timer);
      timer = setTimeout(() => settle(true), keptMs);
    });
    socket.once("data", () => settle(true));
    for (const over of ["end", "error", "close"]) socket.once(over, () => settle(false));
  });
}
