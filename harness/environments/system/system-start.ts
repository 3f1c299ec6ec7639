import type { Capabilities, CapabilityName, LinkControl } from "../../model/capabilities.ts";
import type { Address, RunningSystem } from "../../model/environment.ts";
import { systemError } from "../../model/errors.ts";
import type { Health } from "../../model/events.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import { instanceNames, instancesNamed, type Link, linksNamed, linksOf, type System } from "../../model/system.ts";
import { linkControl, proxyName } from "../../network/link.ts";
import type { ComponentKind, InstanceFacts, OpenControls, OpenedControls } from "../../pack/component-kind.ts";
import { listenerOn } from "../../safety/listening.ts";
import { isFree, type PortReservation, reservePorts } from "../../safety/ports.ts";
import { kinds } from "../kinds/kinds.ts";
import type { Place, RunningProxies, StartableInstance } from "./place.ts";
import { startOrder } from "./start-order.ts";

const host = "127.0.0.1";
/** An instance that takes longer to say how it is counts as silent. */
const healthWithinMs = 1000;

/** Starts a system, every link through one Toxiproxy. All or nothing: when it throws, everything has ended again. */
export async function startSystem<Instance extends StartableInstance>(
  system: System,
  place: Place<Instance>,
): Promise<RunningSystem> {
  const start = new SystemStart(system, place);
  try {
    return await start.all();
  } catch (error) {
    // What it can't take away is in the journal, and told by whoever undoes that.
    await start.stop().catch(() => undefined);
    throw error;
  }
}

/** Every link's proxy and every instance, by name. */
class SystemStart<Instance extends StartableInstance> {
  readonly #system: System;
  readonly #place: Place<Instance>;
  readonly #ports: PortReservation = reservePorts();
  readonly #direct = new Map<string, Address>();
  readonly #proxied = new Map<string, Address>();
  readonly #instances = new Map<string, Instance>();
  readonly #links = new Map<string, LinkControl>();
  readonly #controls = new Map<string, OpenedControls>();
  #proxies: RunningProxies | undefined;

  constructor(system: System, place: Place<Instance>) {
    this.#system = system;
    this.#place = place;
  }

  async all(): Promise<RunningSystem> {
    await this.#chooseAddresses();
    await this.#place.begin?.();
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
      versions: this.#place.versions,
      health: () => this.#health(),
      gauges: () => this.#gauges(),
      snapshot: () => this.#snapshot(),
      lost: this.#lost(),
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
    await this.#place.relays?.close();
    this.#ports.releaseAll();
    await this.#place.end();
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
    const ports = [...this.#proxied.values()].map(({ port }) => port);
    this.#proxies = await this.#place.startProxies(admin, ports);
    const { server, records } = this.#proxies;
    const trafficOf = this.#place.traffic?.(ports, this.#proxies, (name) => this.#instances.get(name));
    for (const link of linksOf(this.#system)) {
      const reached = found(this.#proxied, link.name);
      const upstream = await this.#upstream(link);
      await server.open(proxyName(link), this.#place.listen(reached), upstream);
      const seen = trafficOf?.(link, reached.port);
      const proxy = proxyName(link);
      const recorded = { accepted: () => records.accepted(proxy), closed: () => records.closed(proxy) };
      const sources = seen === undefined ? {} : { sources: { ...seen, ...recorded } };
      const greeting = this.#kind(link.to.component).greeting(this.#definition(link.to.component));
      this.#links.set(link.name, linkControl({ link, listen: reached, server, greeting, ...sources }));
    }
  }

  /** Where a link's proxy finds its component: there, or at the relay that leads to it. */
  async #upstream({ name, to }: Link): Promise<Address> {
    const component = this.#place.upstream(this.#facts(to.component, to.instance));
    const { relays } = this.#place;
    if (relays?.isNeededOn(name) !== true) return component;
    const relay = { host, port: await this.#ports.take() };
    await relays.open(name, relay, component);
    return relay;
  }

  #lost(): Promise<never> {
    const { relays } = this.#place;
    const lost = Promise.race([this.#proxies!.lost, ...(relays === undefined ? [] : [relays.lost])]);
    // Until the run waits for it, and after, it must not count as unhandled.
    lost.catch(() => undefined);
    return lost;
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
    return instanceNames(component, this.#definition(component)).map((name) => {
      const instance = this.#place.makeInstance(this.#kind(component), this.#facts(component, name));
      this.#instances.set(name, instance);
      return instance;
    });
  }

  #facts(component: string, instance: string): InstanceFacts {
    const definition = this.#definition(component);
    const links = this.#linkVariables(component, instance);
    return { component, instance, definition, address: found(this.#direct, instance), links };
  }

  /** The addresses that an instance is told: those of its own proxies, several joined by commas. */
  #linkVariables(component: string, instance: string): Record<string, string> {
    const links = Object.entries(this.#definition(component).links ?? {});
    const at = this.#place.proxiesAt;
    return Object.fromEntries(
      links.map(([variable, { to, as }]) => {
        const proxies = linksNamed(this.#system, `${instance}->${to}`).map((link) => found(this.#proxied, link.name));
        const template = as.replaceAll("{url}", this.#definition(to).url ?? "");
        const told = ({ port }: Address) => template.replaceAll("{host}", at).replaceAll("{port}", `${port}`);
        return [variable, proxies.map(told).join()];
      }),
    );
  }

  #control<Name extends CapabilityName>(capability: Name, target: string): readonly Capabilities[Name][] {
    const offered = (name: keyof Place<Instance>["offers"]): readonly unknown[] => {
      const offer = this.#place.offers[name];
      return offer === undefined ? [] : this.#named(target).map((instance) => offer(instance));
    };
    const controls: { readonly [C in CapabilityName]?: () => readonly unknown[] } = {
      network: () => this.#linksNamed(target),
      relay: () => {
        const { relays } = this.#place;
        return relays === undefined ? [] : this.#linksNamed(target).map((link) => relays.control(link));
      },
      redis: () => this.#opened("redis", target),
      postgres: () => this.#opened("postgres", target),
    };
    const own = controls[capability] ?? (() => offered(capability as keyof Place<Instance>["offers"]));
    return own() as readonly Capabilities[Name][];
  }

  get #isRelayed(): boolean {
    return linksOf(this.#system).some(({ name }) => this.#place.relays?.isNeededOn(name) === true);
  }

  #linksNamed(target: string): readonly LinkControl[] {
    return linksNamed(this.#system, target).map((link) => found(this.#links, link.name));
  }

  #named(target: string): readonly Instance[] {
    return instancesNamed(this.#system, target).map((name) => found(this.#instances, name));
  }

  #opened<Name extends keyof OpenControls>(capability: Name, target: string): readonly Capabilities[Name][] {
    return instancesNamed(this.#system, target).flatMap((name) => this.#controls.get(name)?.controls[capability] ?? []);
  }

  async #health(): Promise<Record<string, Health>> {
    const asked = await this.#ofEach((instance) => instance.health(healthWithinMs));
    return Object.fromEntries(asked.flatMap(([name, health]) => (health === undefined ? [] : [[name, health]])));
  }

  /** What is dead has no configuration that could be asked for. */
  async #snapshot(): Promise<Snapshot> {
    const instances = this.#ofEach(async (instance): Promise<Record<string, string>> => {
      const { state } = await instance.state();
      if (state !== "running") return { process: state };
      const ports = (await instance.ports()).join(" ");
      return { process: state, ports, ...(await this.#controls.get(instance.name)?.snapshot()) };
    });
    const links = [...this.#links].map(async ([name, link]): Promise<[string, Record<string, string>]> => {
      const [toxics, isListening, relay] = await Promise.all([link.toxics(), link.isListening(), this.#relay(name)]);
      return [name, { toxics: toxics.join(" "), listening: String(isListening), ...relay }];
    });
    const asked = await Promise.all([instances, Promise.all(links)]);
    return Object.fromEntries(asked.flat().filter(([, settings]) => settings["process"] !== "dead"));
  }

  /** What its relay still does to a link that has one. */
  async #relay(link: string): Promise<Record<string, string>> {
    const { relays } = this.#place;
    if (relays?.isNeededOn(link) !== true) return {};
    const { silences, cuts } = await relays.state(link);
    return { silences: silences.join(" "), cuts: cuts.join(" ") };
  }

  async #gauges(): Promise<Record<string, number>> {
    const gauges: Record<string, number> = {};
    for (const { instance, processes, connections } of await this.#place.gauges([...this.#instances.values()])) {
      gauges[`processes of ${instance}`] = processes;
      if (connections !== undefined) gauges[`connections to ${instance}`] = connections;
    }
    if (this.#isRelayed) gauges["forgotten connections still open"] = (await this.#place.relays?.forgotten()) ?? 0;
    return gauges;
  }

  #ofEach<T>(ask: (instance: Instance) => Promise<T>): Promise<(readonly [string, T])[]> {
    return Promise.all([...this.#instances].map(async ([name, instance]) => [name, await ask(instance)] as const));
  }

  #definition(component: string) {
    const definition = this.#system.components[component];
    if (definition === undefined) throw new Error(`no component ${component}`);
    return definition;
  }

  #kind(component: string): ComponentKind {
    return found(kinds, this.#definition(component).kind);
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

/** @throws Error that says what there is, when there is nothing of that name */
export function found<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined) throw new Error(`nothing is called ${name}; there are ${[...map.keys()].join(", ")}`);
  return value;
}
