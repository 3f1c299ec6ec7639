import { delimiter, dirname } from "node:path";
import type { Health } from "../../model/events.ts";
import type { ComponentDefinition, ServiceSettings } from "../../model/system.ts";
import { type Exchange, type Greeting, probe } from "../../network/probe.ts";
import type { Driver, InstanceContext, Launch } from "./driver.ts";
import { faketimeVariables } from "./faketime.ts";

const settingsOf = (definition: ComponentDefinition): ServiceSettings =>
  definition.settings as unknown as ServiceSettings;

/** Any server that speaks HTTP/1.1 answers a GET with a status line. */
function httpGet(path: string): Greeting {
  const get = (headers: string): string =>
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`;
  const understands = (reply: Buffer): boolean => /^HTTP\/1\.[01] 200 /.test(reply.toString("latin1"));
  return { bytes: get(""), understands, inBulk: { bytes: get(`X-Padding: ${"x".repeat(7500)}\r\n`), understands } };
}

function launch(context: InstanceContext, [command = "", ...args]: readonly string[]): Launch {
  const { environment = {}, portVariable = "PORT", nameVariable } = settingsOf(context.definition);
  return {
    command,
    args,
    cwd: process.cwd(),
    environment: {
      ...inherited(),
      ...environment,
      ...context.links,
      ...(context.clock === undefined ? {} : faketimeVariables(context.clock.library, context.clock.offsets)),
      // Should its inspector ever be opened, then on a port that nobody else has. Other programs do not mind.
      NODE_OPTIONS: `${environment["NODE_OPTIONS"] ?? ""} --inspect-port=0`.trim(),
      [portVariable]: String(context.address.port),
      ...(nameVariable === undefined ? {} : { [nameVariable]: context.instance }),
    },
  };
}

/** A service sees a clean environment, so that a run does not depend on whose shell it was started from. */
function inherited(): Record<string, string> {
  const kept = ["HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // `node` in a command is the Node that runs Faultline.
  const path = [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);
  return { ...Object.fromEntries(kept), PATH: path };
}

export const serviceDriver: Driver = {
  kind: "service",
  farewell: { signal: "SIGTERM", graceMs: 1500 },
  before(context) {
    const { prepare } = settingsOf(context.definition);
    return prepare === undefined ? undefined : launch(context, prepare);
  },
  prepare: (context) => Promise.resolve(launch(context, settingsOf(context.definition).command)),
  async isReady({ address, definition }, deadlineMs) {
    return (await probe(address, httpGet(settingsOf(definition).readyPath), deadlineMs)).answered;
  },
  async health({ address, definition }, deadlineMs): Promise<Health> {
    let isReady = false;
    const anyAnswer: Exchange = {
      ...httpGet(settingsOf(definition).readyPath),
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
    const { livePath, readyPath } = settingsOf(definition);
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
    const { livePath, readyPath } = settingsOf(definition);
    return httpGet(livePath ?? readyPath);
  },
};
