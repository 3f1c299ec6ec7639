import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Address, EnvironmentContext } from "../../model/environment.ts";
import { messageOf, systemError } from "../../model/errors.ts";
import { replacedEvent } from "../../network/link.ts";
import { ProxyServer } from "../../network/proxy-server.ts";
import { isListening } from "../../safety/listening.ts";
import type { RunningProxies } from "../system/place.ts";
import { proxiesLost } from "../system/proxies-lost.ts";
import { countsBytes, recordsOf } from "../system/traffic.ts";
import { ManagedProcess } from "./managed-process.ts";

const readyWithinMs = 10_000;

const logOf = (context: EnvironmentContext): string => join(context.logs, "toxiproxy.log");

/**
 * Starts Toxiproxy; one that hangs is replaced on the same ports, which is an event of the run.
 * @param program the path of toxiproxy-server
 */
export async function startToxiproxy(
  program: string,
  admin: Address,
  context: EnvironmentContext,
): Promise<RunningProxies> {
  let process = await startProcess(program, admin, context);
  let isAsked = false;
  const lost = Promise.withResolvers<never>();
  // Whoever runs the scenario races against it; until then, and after, it must not count as unhandled.
  lost.promise.catch(() => undefined);
  const watch = (watched: ManagedProcess): void => {
    void watched.ended.then((how) => {
      if (!isAsked) lost.reject(proxiesLost(how));
    });
  };
  watch(process);
  const replace = async (): Promise<void> => {
    isAsked = true;
    await process.kill();
    process = await startProcess(program, admin, context);
    isAsked = false;
    watch(process);
  };
  const server = new ProxyServer(admin, replace, (replacement) =>
    context.emit(replacedEvent(replacement, context.now())),
  );
  return {
    server,
    records: recordsOf(server.admin, logOf(context)),
    lost: lost.promise,
    async stop() {
      isAsked = true;
      await process.kill();
    },
  };
}

/**
 * Makes sure that it is ours which answers: a server that somebody left running on the port would take our proxies as
 * readily, and ours would have ended.
 */
async function startProcess(program: string, admin: Address, context: EnvironmentContext): Promise<ManagedProcess> {
  const launch = {
    command: program,
    args: ["-host", admin.host, "-port", String(admin.port), countsBytes],
    environment: { LOG_LEVEL: "info" },
    cwd: context.scratch,
  };
  const log = logOf(context);
  const process = await ManagedProcess.start("toxiproxy", launch, log, context);
  const server = new ProxyServer(admin);
  const deadline = performance.now() + readyWithinMs;
  for (;;) {
    const problem = await whyNotReady(server, process, admin);
    if (problem === undefined) return process;
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
