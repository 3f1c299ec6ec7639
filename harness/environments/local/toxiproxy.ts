import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Address, EnvironmentContext } from "../../model/environment.ts";
import { messageOf, systemError } from "../../model/errors.ts";
import { ProxyServer } from "../../network/proxy-server.ts";
import { isListening } from "../../safety/listening.ts";
import type { LocalTools } from "./driver.ts";
import { ManagedProcess } from "./managed-process.ts";

const readyWithinMs = 10_000;

/** A Toxiproxy server of our own. */
export interface LocalProxyServer {
  readonly server: ProxyServer;
  readonly process: ManagedProcess;
}

/**
 * Starts Toxiproxy and makes sure that it is ours which answers: a server that somebody left running on the port would
 * take our proxies as readily, and ours would have ended.
 */
export async function startToxiproxy(
  tools: LocalTools,
  admin: Address,
  context: EnvironmentContext,
): Promise<LocalProxyServer> {
  const launch = {
    command: tools.toxiproxyServer,
    args: ["-host", admin.host, "-port", String(admin.port)],
    environment: { LOG_LEVEL: "info" },
    cwd: context.scratch,
  };
  const log = join(context.logs, "toxiproxy.log");
  const process = await ManagedProcess.start("toxiproxy", launch, log, context);
  const server = new ProxyServer(admin);
  const deadline = performance.now() + readyWithinMs;
  for (;;) {
    const problem = await whyNotReady(server, process, admin);
    if (problem === undefined) return { server, process };
    if (process.hasEnded || performance.now() > deadline) {
      await process.kill();
      throw systemError({
        code: "TOXIPROXY_NOT_OURS",
        where: `toxiproxy on ${admin.host}:${admin.port}`,
        message: process.hasEnded ? `ended with ${await process.ended}; ${problem}` : problem,
        remedy: `See ${log}. Another server may hold the port: run \`faultline clean\`.`,
      });
    }
    await sleep(20, undefined, { signal: context.signal });
  }
}

async function whyNotReady(server: ProxyServer, process: ManagedProcess, admin: Address): Promise<string | undefined> {
  try {
    await server.version();
  } catch (error) {
    return messageOf(error);
  }
  return isListening(process.identity.pid, admin.port) ? undefined : "somebody else's server answers on its port";
}
