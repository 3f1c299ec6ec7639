import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Address } from "../../model/environment.ts";
import { exits, FaultlineError, messageOf } from "../../model/errors.ts";
import { replacedEvent } from "../../network/link.ts";
import { ProxyServer } from "../../network/proxy-server.ts";
import { type Recipe, samePort } from "../../pack/container-driver.ts";
import type { RunningProxies } from "../system/place.ts";
import { proxiesLost } from "../system/proxies-lost.ts";
import { failedToStart } from "../system/ready.ts";
import { countsBytes, recordsOf } from "../system/traffic.ts";
import { ManagedContainer } from "./container.ts";
import type { Ground } from "./ground.ts";

const readyWithinMs = 20_000;

/** What instances know it by. */
export const proxiesName = "toxiproxy";

/** Starts Toxiproxy in a container; one that hangs is started again on the same ports, which is an event of the run. */
export async function startToxiproxy(
  ground: Ground,
  admin: Address,
  ports: readonly number[],
): Promise<RunningProxies> {
  const { context } = ground;
  const recipe: Recipe = {
    image: "toxiproxy",
    command: ["-host=0.0.0.0", `-port=${admin.port}`, countsBytes],
    environment: { LOG_LEVEL: "info" },
    ports: [admin.port, ...ports].map(samePort),
    // The engine knows the name of a container only while it runs, and Toxiproxy waits for an answer before it takes
    // anybody else's connection: that there is nobody of that name must be said at once.
    knowsPeersOnly: true,
  };
  const log = join(context.logs, "toxiproxy.log");
  const container = await ManagedContainer.make(ground, proxiesName, recipe, log);
  let isAsked = false;
  const lost = Promise.withResolvers<never>();
  // Whoever runs the scenario races against it; until then, and after, it must not count as unhandled.
  lost.promise.catch(() => undefined);
  const start = async (): Promise<void> => {
    await container.start();
    isAsked = false;
    void container.ended.then(
      (how) => {
        if (!isAsked) lost.reject(proxiesLost(how));
      },
      (error: unknown) => {
        if (!isAsked) lost.reject(engineLost(error));
      },
    );
    await untilItAnswers(container, admin, log, context.signal);
  };
  await start();
  const replace = async (): Promise<void> => {
    isAsked = true;
    await container.kill();
    await start();
  };
  const server = new ProxyServer(admin, replace, (replacement) =>
    context.emit(replacedEvent(replacement, context.now())),
  );
  return {
    server,
    records: recordsOf(server.admin, log),
    lost: lost.promise,
    async stop() {
      isAsked = true;
      await container.kill().catch(() => undefined);
    },
  };
}

async function untilItAnswers(
  container: ManagedContainer,
  admin: Address,
  log: string,
  signal: AbortSignal,
): Promise<void> {
  const server = new ProxyServer(admin);
  const started = { name: "toxiproxy", command: container.recipe.command.join(" "), log };
  for (const deadline = performance.now() + readyWithinMs; ; await sleep(20, undefined, { signal })) {
    const problem = await server.version().then(
      () => undefined,
      (error: unknown) => messageOf(error),
    );
    if (problem === undefined) return;
    if (container.hasEnded) throw failedToStart("COMPONENT_EXITED", started, `ended with ${await container.ended}`);
    if (performance.now() > deadline) throw failedToStart("NOT_READY", started, `did not answer: ${problem}`);
  }
}

function engineLost(error: unknown): FaultlineError {
  const message = `was lost in mid-run, and everything on it: ${messageOf(error)}`;
  const remedy =
    "Look why it ended, start it again, and run `faultline clean`, which removes what it still has of this run.";
  return new FaultlineError(exits.system, [{ code: "ENGINE_LOST", where: "container engine", message, remedy }], {
    cause: error,
  });
}
