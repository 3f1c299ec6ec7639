import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Capabilities, CapabilityName, LinkControl } from "../../model/capabilities.ts";
import type { Address, Environment, EnvironmentContext, RunningSystem } from "../../model/environment.ts";
import { systemError } from "../../model/errors.ts";
import type { Health } from "../../model/events.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import { instanceNames, instancesNamed, linksNamed, linksOf, type System } from "../../model/system.ts";
import { linkControl, proxyName } from "../../network/link.ts";
import { listenerOn } from "../../safety/listening.ts";
import { isFree, type PortReservation, reservePorts } from "../../safety/ports.ts";
import { markedProcesses } from "../../safety/processes.ts";
import { undo } from "../../safety/undo.ts";
import type { Driver, InstanceContext, LocalTools, OpenControls, OpenedControls } from "./driver.ts";
import { drivers } from "./drivers.ts";
import { findFaketime, writeOffset } from "./faketime.ts";
import { Instance } from "./instance.ts";
import { startOrder } from "./start-order.ts";
import { type LocalProxyServer, startToxiproxy } from "./toxiproxy.ts";

const host = "127.0.0.1";
/** An instance that takes longer to say how it is counts as silent. */
const healthWithinMs = 1000;

/** What planning needs to know; it is known without anything being there yet. */
export const localFacts: Pick<Environment, "name" | "capabilities" | "lacks" | "kinds"> = {
  name: "local",
  /** Looked for only when somebody asks: most commands do not. */
  get lacks() {
    return lacksHere();
  },
  capabilities: ["network", "process", "rollout", "runtime", "clock", "limits", "redis", "postgres"],
  kinds: [...drivers.keys()],
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
    async start(system, context) {
      const start = new LocalStart(system, context, tools);
      try {
        return await start.all();
      } catch (error) {
        await start.stop();
        throw error;
      }
    },
  };
}

/** Every link's proxy and every instance, by name. */
class LocalStart {
  readonly #system: System;
  readonly #context: EnvironmentContext;
  readonly #tools: LocalTools;
  readonly #ports: PortReservation = reservePorts();
  readonly #direct = new Map<string, Address>();
  readonly #proxied = new Map<string, Address>();
  readonly #instances = new Map<string, Instance>();
  readonly #links = new Map<string, LinkControl>();
  readonly #controls = new Map<string, OpenedControls>();
  #proxies: LocalProxyServer | undefined;

  constructor(system: System, context: EnvironmentContext, tools: LocalTools) {
    this.#system = system;
    this.#context = context;
    this.#tools = tools;
  }

  async all(): Promise<RunningSystem> {
    await this.#chooseAddresses();
    const [firstWave = [], ...laterWaves] = startOrder(this.#system);
    const admin = { host, port: await this.#ports.take() };
    await together([this.#startProxies(admin), this.#startWave(firstWave)]);
    for (const wave of laterWaves) await this.#startWave(wave);
    return {
      control: (capability, target) => this.#control(capability, target),
      entry: linksNamed(this.#system, `clients->${this.#system.entry}`).map((link) => ({
        instance: link.to.instance,
        address: found(this.#proxied, link.name),
      })),
      direct: Object.fromEntries(this.#direct),
      versions: this.#tools.versions,
      health: () => this.#health(),
      gauges: () => Promise.resolve(this.#gauges()),
      snapshot: () => this.#snapshot(),
      lost: this.#proxies!.lost,
      stop: () => this.stop(),
    };
  }

  async stop(): Promise<void> {
    await Promise.allSettled([...this.#controls.values()].map((opened) => opened.close()));
    // Those that use others first, so that none ends in the middle of its farewell for want of its database.
    for (const wave of startOrder(this.#system).toReversed()) {
      const started = wave.flatMap((name) => instancesNamed(this.#system, name).map((one) => this.#instances.get(one)));
      await Promise.allSettled(started.flatMap((instance) => (instance === undefined ? [] : [instance.stop()])));
    }
    await this.#proxies?.stop();
    this.#ports.releaseAll();
    const { mark, scratch } = this.#context;
    const left = markedProcesses(mark, scratch);
    if (left.length === 0) return;
    await undo({ do: "endMarked", mark, scratch });
    this.#context.emit({
      atMs: this.#context.now(),
      type: "note",
      text: `${left.length} processes had left their parents and were ended: ${left.map((row) => row.pid).join(", ")}`,
    });
  }

  async #chooseAddresses(): Promise<void> {
    for (const [name, component] of Object.entries(this.#system.components)) {
      if (component.port !== undefined) await assertFree(name, component.port);
      for (const instance of instanceNames(name, component)) {
        this.#direct.set(instance, { host, port: component.port ?? (await this.#ports.take()) });
      }
    }
    for (const link of linksOf(this.#system)) this.#proxied.set(link.name, { host, port: await this.#ports.take() });
  }

  async #startProxies(admin: Address): Promise<void> {
    this.#proxies = await startToxiproxy(this.#tools, admin, this.#context);
    const { server } = this.#proxies;
    for (const link of linksOf(this.#system)) {
      const listen = found(this.#proxied, link.name);
      await server.open(proxyName(link), listen, found(this.#direct, link.to.instance));
      const greeting = this.#driver(link.to.component).greeting(this.#definition(link.to.component));
      this.#links.set(link.name, linkControl({ link, listen, server, greeting }));
    }
  }

  async #startWave(wave: readonly string[]): Promise<void> {
    const instances = wave.map((name) => this.#makeInstances(name));
    await together(instances.flatMap(([first]) => (first === undefined ? [] : [first.before()])));
    await together(instances.flat().map((instance) => instance.start()));
    await together(wave.map((name) => this.#openControls(name)));
  }

  /** Opened as soon as a server is ready, before any fault: it may take nobody any more later. */
  async #openControls(component: string): Promise<void> {
    for (const name of instanceNames(component, this.#definition(component))) {
      const opened = await found(this.#instances, name).openControls();
      if (opened !== undefined) this.#controls.set(name, opened);
    }
  }

  #makeInstances(component: string): readonly Instance[] {
    const definition = this.#definition(component);
    return instanceNames(component, definition).map((name) => {
      const setting = {
        component,
        instance: name,
        definition,
        address: found(this.#direct, name),
        links: this.#linkVariables(component, name),
        folder: join(this.#context.scratch, name),
        ...this.#clockOf(name),
        tools: this.#tools,
      };
      const instance = new Instance(this.#driver(component), setting, this.#context);
      this.#instances.set(name, instance);
      return instance;
    });
  }

  /** Only where it is needed: with it, every look at the clock reads a file. */
  #clockOf(instance: string): Pick<InstanceContext, "clock"> {
    const library = this.#context.needs?.("clock", instance) === true ? findFaketime() : undefined;
    if (library === undefined) return {};
    const offsets = join(this.#context.scratch, `${instance}.clock`);
    writeOffset(offsets, 0);
    return { clock: { library, offsets } };
  }

  /** The addresses that an instance is told: those of its own proxies, several joined by commas. */
  #linkVariables(component: string, instance: string): Record<string, string> {
    const links = Object.entries(this.#definition(component).links ?? {});
    return Object.fromEntries(
      links.map(([variable, { to, as }]) => {
        const proxies = linksNamed(this.#system, `${instance}->${to}`).map((link) => found(this.#proxied, link.name));
        return [
          variable,
          proxies.map(({ port }) => as.replaceAll("{host}", host).replaceAll("{port}", `${port}`)).join(),
        ];
      }),
    );
  }

  #control<Name extends CapabilityName>(capability: Name, target: string): readonly Capabilities[Name][] {
    const controls: { [C in CapabilityName]: () => readonly Capabilities[C][] } = {
      network: () => linksNamed(this.#system, target).map((link) => found(this.#links, link.name)),
      rollout: () => this.#named(target),
      runtime: () => this.#named(target),
      clock: () => this.#named(target),
      limits: () => this.#named(target),
      process: () => this.#named(target),
      redis: () => this.#opened("redis", target),
      postgres: () => this.#opened("postgres", target),
    };
    return controls[capability]();
  }

  #named(target: string): readonly Instance[] {
    return instancesNamed(this.#system, target).map((name) => found(this.#instances, name));
  }

  async #health(): Promise<Record<string, Health>> {
    const asked = await Promise.all(
      [...this.#instances].map(async ([name, instance]) => [name, await instance.health(healthWithinMs)] as const),
    );
    return Object.fromEntries(asked.flatMap(([name, health]) => (health === undefined ? [] : [[name, health]])));
  }

  /** What is dead has no configuration that could be asked for. */
  async #snapshot(): Promise<Snapshot> {
    const instances = [...this.#instances].map(async ([name, instance]) => {
      const { state } = instance.state();
      if (state !== "running") return [name, { process: state }] as const;
      const ports = instance.ports().join(" ");
      return [name, { process: state, ports, ...(await this.#controls.get(name)?.snapshot()) }] as const;
    });
    const links = [...this.#links].map(async ([name, link]) => {
      const [toxics, isListening] = await Promise.all([link.toxics(), link.isListening()]);
      return [name, { toxics: toxics.join(" "), listening: String(isListening) }] as const;
    });
    const asked = await Promise.all([...instances, ...links]);
    return Object.fromEntries(asked.filter(([, settings]) => !("process" in settings && settings.process === "dead")));
  }

  #gauges(): Record<string, number> {
    const gauges: Record<string, number> = {};
    for (const [name, instance] of this.#instances) {
      const { processes, connections } = instance.gauges();
      gauges[`processes of ${name}`] = processes;
      if (connections !== undefined) gauges[`connections to ${name}`] = connections;
    }
    return gauges;
  }

  #opened<Name extends keyof OpenControls>(capability: Name, target: string): readonly Capabilities[Name][] {
    return instancesNamed(this.#system, target).flatMap((name) => this.#controls.get(name)?.controls[capability] ?? []);
  }

  #definition(component: string) {
    const definition = this.#system.components[component];
    if (definition === undefined) throw new Error(`no component ${component}`);
    return definition;
  }

  #driver(component: string): Driver {
    return found(drivers, this.#definition(component).kind);
  }
}

/** Waits for all, also when one fails: whoever cleans up must find nothing that is still starting. */
async function together(tasks: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(tasks);
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

async function assertFree(component: string, port: number): Promise<void> {
  if (await isFree(port)) return;
  const holder = listenerOn(port);
  throw systemError({
    code: "PORT_TAKEN",
    where: component,
    message: `needs port ${port} of ${host}, but ${holder ?? "somebody else"} listens there`,
    remedy: "End that program, or leave `port` out, so that a free one is chosen.",
  });
}

function found<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined) throw new Error(`nothing is called ${name}; there are ${[...map.keys()].join(", ")}`);
  return value;
}
