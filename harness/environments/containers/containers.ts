import type { ContainerSettings } from "../../model/config.ts";
import type { Environment, EnvironmentContext, RunningSystem } from "../../model/environment.ts";
import { clientsName, type System } from "../../model/system.ts";
import { containerPort } from "../../pack/container-driver.ts";
import { processesInContainers } from "../../safety/processes.ts";
import type { Gauges, Place } from "../system/place.ts";
import { found, startSystem } from "../system/system-start.ts";
import { containerDrivers } from "./drivers.ts";
import { connectToEngine, type Engine } from "./engine.ts";
import { containersFacts } from "./facts.ts";
import { groundOf, makeNetwork, sweep, sweepOf } from "./ground.ts";
import { ensureImages } from "./images.ts";
import { ContainerInstance } from "./instance.ts";
import { addressesOf, openSocketsIn, socketsTo } from "./seen-inside.ts";
import { type ImageSettings, imageSettings } from "./settings.ts";
import { proxiesName, startToxiproxy } from "./toxiproxy.ts";

/**
 * Containers on one network of the run's own, every link through one Toxiproxy.
 * @throws FaultlineError (3) when no engine answers, (64) when the settings make no sense
 */
export async function containersEnvironment(configured: ContainerSettings = {}): Promise<Environment> {
  const settings = imageSettings(configured);
  const engine = await connectToEngine();
  return {
    ...containersFacts,
    start: (system, context) => startInContainers(system, context, engine, settings),
  };
}

async function startInContainers(
  system: System,
  context: EnvironmentContext,
  engine: Engine,
  settings: ImageSettings,
): Promise<RunningSystem> {
  const components = Object.entries(system.components).map(([name, definition]) => ({
    image: found(containerDrivers, definition.kind).image(definition),
    where: `system.components.${name}.image`,
  }));
  const wanted = [{ image: "toxiproxy", where: "toxiproxy" } as const, ...components];
  await ensureImages(engine, settings, wanted, context.signal);
  return startSystem(system, containersPlace(engine, settings, context));
}

function containersPlace(
  engine: Engine,
  settings: ImageSettings,
  context: EnvironmentContext,
): Place<ContainerInstance> {
  const ground = groundOf(engine, settings, context);
  const itself = (instance: ContainerInstance): ContainerInstance => instance;
  let undoing: number | undefined;
  return {
    offers: { pause: itself, process: itself, nic: itself, rollout: itself, limits: itself },
    versions: { engine: engine.version, ...settings.images },
    proxiesAt: proxiesName,
    async begin() {
      undoing = context.journal.record(sweepOf(ground));
      await makeNetwork(ground);
    },
    startProxies: (admin, ports) => startToxiproxy(ground, admin, ports),
    traffic: (ports, { records }, instanceNamed) => {
      const open = openSocketsIn(ports, (name) => instanceNamed(name)?.container);
      return (link, port) => {
        // Clients outside of the network have the engine's own address, and so have the probes.
        if (link.from.component === clientsName) return undefined;
        return {
          open: open(link.from.instance),
          sockets: () => socketsTo(instanceNamed(link.from.instance)?.container, port),
          async clients() {
            const addresses = await addressesOf(instanceNamed(link.from.instance)?.container);
            const hosts = await records.clientHosts();
            // Only if it was ever seen by them: an engine may hide the addresses of containers from each other.
            return addresses.some((address) => hosts.has(address)) ? addresses : undefined;
          },
        };
      };
    },
    listen: ({ port }) => ({ host: "0.0.0.0", port }),
    // By its name, which leads to it wherever it is started again.
    upstream: (facts) => ({
      host: facts.instance,
      port: containerPort(found(containerDrivers, facts.definition.kind).recipe(facts), facts.address.port),
    }),
    makeInstance: (kind, facts) => new ContainerInstance(kind, found(containerDrivers, kind.kind), facts, ground),
    async gauges(instances) {
      const seen = processesInContainers();
      const gauges: Gauges[] = [];
      // One after the other: what the engine is asked for takes the processor from the system that is measured.
      for (const instance of instances) gauges.push(await instance.gauges(seen));
      return gauges;
    },
    async end() {
      if (undoing === undefined) return;
      await sweep(ground);
      context.journal.done(undoing);
      undoing = undefined;
    },
  };
}
