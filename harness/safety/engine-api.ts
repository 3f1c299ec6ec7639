import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { join } from "node:path";
import type { InstanceState } from "../model/capabilities.ts";
import type { EngineAddress } from "../model/undo.ts";

export type { EngineAddress };

const defaultUrl = "unix:///var/run/docker.sock";

/** The engine that DOCKER_HOST names, or the one where engines are. @param url instead of both */
export function engineAddress(
  environment: NodeJS.ProcessEnv,
  url = environment["DOCKER_HOST"] || defaultUrl,
): EngineAddress {
  const { DOCKER_TLS_VERIFY: verify = "", DOCKER_CERT_PATH: certificates = "" } = environment;
  return verify === "" || certificates === "" || url.startsWith("unix:") ? { url } : { url, certificates };
}

/** What the engine answered. */
export interface EngineReply {
  readonly status: number;
  /** Its JSON; undefined when there was none. */
  readonly body: unknown;
}

/** What an engine says of why it does not do what it is asked. */
export const complaintOf = ({ status, body }: EngineReply): string =>
  (body as { message?: string } | null | undefined)?.message ?? String(status);

/** What an engine calls the states of a container → what we do. */
export const containerStates: Readonly<Record<string, InstanceState["state"]>> = {
  running: "running",
  paused: "stopped",
};

/**
 * Asks a container engine by HTTP, with nothing but Node: whoever cleans up after a run has nothing else.
 * @param deadlineMs may be Infinity
 * @throws when nobody answers in time
 */
export function askEngine(
  engine: EngineAddress,
  method: string,
  path: string,
  deadlineMs: number,
): Promise<EngineReply> {
  const { request, options } = wayTo(engine);
  return new Promise((resolve, reject) => {
    const limit = Number.isFinite(deadlineMs) ? { signal: AbortSignal.timeout(deadlineMs) } : {};
    const asked = request({ ...options, ...limit, method, path, agent: false }, (reply) => {
      let text = "";
      reply.setEncoding("utf8");
      reply.on("data", (part) => {
        text += part;
      });
      reply.once("error", reject);
      reply.once("end", () => resolve({ status: reply.statusCode ?? 0, body: parsed(text) }));
      // Of an engine that is lost in the middle of its answer there is no end.
      reply.once("close", () => reject(new Error("the container engine broke off its answer")));
    });
    asked.once("error", reject);
    asked.end();
  });
}

function wayTo({ url, certificates }: EngineAddress): { request: typeof httpRequest; options: RequestOptions } {
  if (url.startsWith("unix://")) {
    return { request: httpRequest, options: { socketPath: url.slice("unix://".length) } };
  }
  const { hostname, port } = new URL(url.replace(/^tcp:/, "http:"));
  const at = { host: hostname, port: Number(port === "" ? 2375 : port) };
  if (certificates === undefined) return { request: httpRequest, options: at };
  const pem = (name: string): Buffer => readFileSync(join(certificates, `${name}.pem`));
  return { request: httpsRequest, options: { ...at, ca: pem("ca"), cert: pem("cert"), key: pem("key") } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
