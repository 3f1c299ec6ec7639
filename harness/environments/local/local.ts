import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Environment, EnvironmentContext } from "../../model/environment.ts";
import { Relays } from "../../network/relays.ts";
import type { InstanceContext, LocalTools } from "../../pack/local-driver.ts";
import { connectedPorts } from "../../safety/listening.ts";
import { listProcesses, markedProcesses } from "../../safety/processes.ts";
import { undo } from "../../safety/undo.ts";
import { startToxiproxy } from "../processes/toxiproxy.ts";
import type { Place } from "../system/place.ts";
import { found, startSystem } from "../system/system-start.ts";
import { sharedOpenSockets, sharedSockets } from "../system/traffic.ts";
import { problemsOfCommands } from "./commands.ts";
import { drivers } from "./drivers.ts";
import { findFaketime, writeOffset } from "./faketime.ts";
import { Instance } from "./instance.ts";

/** What planning needs to know; it is known without anything being there yet. */
export const localFacts: Pick<Environment, "name" | "capabilities" | "lacks" | "kinds" | "problems"> = {
  name: "local",
  /** Looked for only when somebody asks: most commands do not. */
  get lacks() {
    return lacksHere();
  },
  capabilities: ["network", "relay", "pause", "process", "rollout", "runtime", "clock", "limits", "redis", "postgres"],
  kinds: [...drivers.keys()],
  problems: problemsOfCommands,
};

function lacksHere(): Environment["lacks"] {
  const noProc = "It reads /proc, which is on Linux only.";
  return {
    ...(existsSync("/proc/self/exe") ? {} : { runtime: noProc, limits: noProc }),
    ...(findFaketime() === undefined ? { clock: "Install libfaketime, as with `apt-get install libfaketime`." } : {}),
  };
}

/** Real processes on the loopback interface, every link through one Toxiproxy. */
export function localEnvironment(tools: LocalTools): Environment {
  return {
    ...localFacts,
    start: (system, context) => startSystem(system, localPlace(tools, context)),
  };
}

function localPlace(tools: LocalTools, context: EnvironmentContext): Place<Instance> {
  const itself = (instance: Instance): Instance => instance;
  return {
    offers: { pause: itself, process: itself, rollout: itself, runtime: itself, clock: itself, limits: itself },
    versions: tools.versions,
    proxiesAt: "127.0.0.1",
    // Where no schedule says which faults will come, as in a test, any may.
    relays: new Relays((link) => context.needs?.("relay", link) !== false),
    startProxies: (admin) => startToxiproxy(tools.toxiproxyServer, admin, context),
    traffic(ports) {
      const [sockets, open] = [sharedSockets(ports), sharedOpenSockets(ports)];
      return () => ({ sockets, open });
    },
    listen: (reached) => reached,
    upstream: ({ address }) => address,
    makeInstance(kind, facts) {
      const { instance } = facts;
      const setting = { ...facts, folder: join(context.scratch, instance), ...clockOf(instance, context), tools };
      return new Instance(kind, found(drivers, kind.kind), setting, context);
    },
    async gauges(instances) {
      const [ports, processes] = [await connectedPorts(), listProcesses()];
      return instances.map((instance) => instance.gauges(processes, ports));
    },
    end: () => endStrays(context),
  };
}

/** Only where it is needed: with it, every look at the clock reads a file. */
function clockOf(instance: string, context: EnvironmentContext): Pick<InstanceContext, "clock"> {
  const library = context.needs?.("clock", instance) === true ? findFaketime() : undefined;
  if (library === undefined) return {};
  const offsets = join(context.scratch, `${instance}.clock`);
  writeOffset(offsets, 0);
  return { clock: { library, offsets } };
}

/** What has left its parents, so that nobody's end was its own. */
async function endStrays({ mark, scratch, emit, now }: EnvironmentContext): Promise<void> {
  const left = markedProcesses(mark, scratch);
  if (left.length === 0) return;
  await undo({ do: "endMarked", mark, scratch });
  emit({
    atMs: now(),
    type: "note",
    text: `${left.length} processes had left their parents and were ended: ${left.map((row) => row.pid).join(", ")}`,
  });
}
