import type { Capabilities, CapabilityName, LinkControl } from "../../model/capabilities.ts";
import type { Address, Environment, EnvironmentContext, RunningSystem } from "../../model/environment.ts";
import { exits, FaultlineError, messageOf, type Problem } from "../../model/errors.ts";
import type { Health } from "../../model/events.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import { clientsName, type Link, linksNamed, linksOf, type System } from "../../model/system.ts";
import { linkControl, proxyName } from "../../network/link.ts";
import { probe } from "../../network/probe.ts";
import type { AttachDriver, AttachedInstance } from "../../pack/attach-driver.ts";
import type { OpenControls, OpenedControls } from "../../pack/component-kind.ts";
import { foreignTarget, isAllowedTarget, isThisMachine } from "../../safety/foreign-targets.ts";
import { connectedPorts, connectionsTo } from "../../safety/listening.ts";
import { type PortReservation, reservePorts } from "../../safety/ports.ts";
import { startToxiproxy } from "../processes/toxiproxy.ts";
import type { RunningProxies } from "../system/place.ts";
import { sharedSockets } from "../system/traffic.ts";
import { addressOf } from "./address.ts";
import { findContainer } from "./foreign-container.ts";
import type { ForeignPause } from "./foreign-pause.ts";
import { findProcess } from "./foreign-process.ts";
import { ForeignProxies } from "./foreign-proxies.ts";
import { attachKinds } from "./kinds.ts";
import { attachRules } from "./rules.ts";

const answersWithinMs = 3000;
/** An instance that takes longer to say how it is counts as silent. */
const healthWithinMs = 1000;

/** What planning needs to know. */
export const attachFacts: Pick<Environment, "name" | "capabilities" | "lacks" | "kinds" | "attaches"> = {
  name: "attach",
  capabilities: ["network", "relay", "pause", "redis", "postgres"],
  lacks: { relay: "Run it with `--env local`: where your proxies send their connections is not changed." },
  kinds: [...attachKinds.keys()],
  attaches: attachRules,
};

/**
 * A system that runs already: nothing of it is started or ended, and what is changed is put back.
 * @param toxiproxy the program that carries the load to the entry, and its version
 */
export function attachEnvironment(toxiproxy: { readonly path: string; readonly version: string }): Environment {
  return {
    ...attachFacts,
    async start(system, context) {
      const hold = new Hold(system, context);
      try {
        return await hold.take(toxiproxy);
      } catch (error) {
        await hold.letGo();
        throw error;
      }
    },
  };
}

/** What we have in hand of a system that is not ours. */
class Hold {
  readonly #system: System;
  readonly #context: EnvironmentContext;
  readonly #ports: PortReservation = reservePorts();
  readonly #running: readonly (AttachedInstance & { readonly kind: AttachDriver })[];
  readonly #processes = new Map<string, ForeignPause>();
  readonly #links = new Map<string, LinkControl>();
  readonly #controls = new Map<string, OpenedControls>();
  #proxies: RunningProxies | undefined;

  constructor(system: System, context: EnvironmentContext) {
    this.#system = system;
    this.#context = context;
    this.#running = Object.entries(system.components).map(([name, definition]) => ({
      name,
      definition,
      address: addressOf(definition.attached?.at ?? ""),
      kind: attachKinds.get(definition.kind)!,
      scratch: context.scratch,
    }));
  }

  async take(toxiproxy: { readonly path: string; readonly version: string }): Promise<RunningSystem> {
    this.#refuseForeign();
    const answers = await Promise.all(this.#running.map((one) => whyNoAnswer(one)));
    raise(exits.system, [...answers.flatMap((problem) => problem ?? []), ...(await this.#findProcesses())]);
    raise(exits.system, [...(await this.#adoptProxies()), ...(await this.#openControls())]);
    const entry = await this.#openEntry(toxiproxy.path);
    return {
      control: (capability, target) => this.#control(capability, target),
      entry: [{ instance: this.#system.entry, address: entry }],
      direct: Object.fromEntries(this.#running.map(({ name, address }) => [name, address])),
      versions: { toxiproxy: toxiproxy.version },
      health: () => this.#health(),
      gauges: () => this.#gauges(),
      snapshot: () => this.#snapshot(),
      lost: this.#proxies!.lost,
      stop: () => this.letGo(),
    };
  }

  async letGo(): Promise<void> {
    await Promise.allSettled([...this.#controls.values()].map((opened) => opened.close()));
    await this.#proxies?.stop();
    this.#ports.releaseAll();
  }

  /** Before anything is asked of anybody. */
  #refuseForeign(): void {
    const places = Object.entries(this.#system.components).flatMap(([name, { attached, links = {} }]) => [
      { where: `system.components.${name}.at`, at: attached?.at ?? "" },
      ...Object.entries(links).map(([link, { through }]) => ({
        where: `system.components.${name}.links.${link}.toxiproxy`,
        at: through?.toxiproxy ?? "",
      })),
    ]);
    const problems = places.flatMap(({ where, at }) => {
      const address = addressOf(at);
      const isAllowed = isAllowedTarget(address.host, this.#context.allowedTargets ?? []);
      return isAllowed ? [] : [foreignTarget(where, address, "what runs there may be somebody's whom it would harm")];
    });
    raise(exits.usage, problems);
  }

  async #findProcesses(): Promise<readonly Problem[]> {
    const all = this.#running.map(async ({ name, definition, address }) => {
      const { attached = { at: "" } } = definition;
      const { container } = attached;
      return { name, found: await (container === undefined ? findProcess : findContainer)(name, attached, address) };
    });
    return (await Promise.all(all)).flatMap(({ name, found }) => {
      if (found === undefined) return [];
      if ("problem" in found) return [found.problem];
      this.#processes.set(name, found.process);
      return [];
    });
  }

  async #adoptProxies(): Promise<readonly Problem[]> {
    const proxies = new ForeignProxies();
    const told = linksOf(this.#system).flatMap((link) => {
      const links = Object.values(this.#system.components[link.from.component]?.links ?? {});
      const through = links.find(({ to }) => to === link.to.component)?.through;
      return through === undefined ? [] : [{ link, through }];
    });
    const adopted = await Promise.all(
      told.map(({ link, through }) => proxies.adopt(link, through, this.#greetingOf(link))),
    );
    return adopted.flatMap((one) => {
      if ("problem" in one) return [one.problem];
      this.#links.set(one.control.name, one.control);
      return [];
    });
  }

  /** Only where a fault needs it: nobody else is to be asked for a log-in. */
  async #openControls(): Promise<readonly Problem[]> {
    const problems: Problem[] = [];
    for (const one of this.#running) {
      const { control } = one.kind;
      if (control === undefined || control.lack?.(one.definition) !== undefined) continue;
      if (this.#context.needs?.(control.capability, one.name) === false) continue;
      try {
        this.#controls.set(one.name, await control.open(one));
      } catch (error) {
        const { capability, remedy } = control;
        problems.push({ code: "NOT_LET_IN", where: one.name, message: `${capability}: ${messageOf(error)}`, remedy });
      }
    }
    return problems;
  }

  /** The one link that is ours: from the clients to the entry. */
  async #openEntry(program: string): Promise<Address> {
    const host = "127.0.0.1";
    const [admin, listen] = [await this.#ports.take(), await this.#ports.take()].map((port) => ({ host, port }));
    this.#proxies = await startToxiproxy(program, admin!, this.#context);
    const { server, records } = this.#proxies;
    const sockets = sharedSockets([listen!.port]);
    for (const link of linksOf(this.#system).filter(({ from }) => from.component === clientsName)) {
      const upstream = this.#running.find(({ name }) => name === link.to.component)!.address;
      await server.open(proxyName(link), listen!, upstream);
      const name = proxyName(link);
      const sources = { sockets, accepted: () => records.accepted(name), closed: () => records.closed(name) };
      const greeting = this.#greetingOf(link);
      this.#links.set(link.name, linkControl({ link, listen: listen!, server, greeting, sources }));
    }
    return listen!;
  }

  #greetingOf({ to }: Link) {
    const { kind, definition } = this.#running.find(({ name }) => name === to.component)!;
    return kind.greeting(definition);
  }

  #control<Name extends CapabilityName>(capability: Name, target: string): readonly Capabilities[Name][] {
    const controls: { readonly [C in CapabilityName]?: () => readonly Capabilities[C][] } = {
      network: () => linksNamed(this.#system, target).flatMap(({ name }) => this.#links.get(name) ?? []),
      pause: () => [this.#processes.get(target)].filter((one) => one !== undefined),
      redis: () => this.#opened("redis", target),
      postgres: () => this.#opened("postgres", target),
    };
    return controls[capability]?.() ?? [];
  }

  #opened<Name extends keyof OpenControls>(capability: Name, target: string): readonly Capabilities[Name][] {
    return [this.#controls.get(target)?.controls[capability]].filter((one) => one !== undefined);
  }

  async #health(): Promise<Record<string, Health>> {
    const asked = this.#running.flatMap((one) =>
      one.kind.health === undefined
        ? []
        : [one.kind.health(one, healthWithinMs).then((told) => [one.name, told] as const)],
    );
    return Object.fromEntries(await Promise.all(asked));
  }

  async #gauges(): Promise<Record<string, number>> {
    const gauges: Record<string, number> = {};
    const ports = await connectedPorts();
    for (const { name, address } of this.#running) {
      const connections = isThisMachine(address.host) ? connectionsTo(address.port, ports) : undefined;
      if (connections !== undefined) gauges[`connections to ${name}`] = connections;
      const process = this.#processes.get(name);
      if (process !== undefined) gauges[`processes of ${name}`] = await process.processes();
    }
    return gauges;
  }

  /** What is dead, or stands still, has no configuration that could be asked for. */
  async #snapshot(): Promise<Snapshot> {
    const components = this.#running.map(async ({ name }) => {
      const state = (await this.#processes.get(name)?.state())?.state;
      if (state === "dead") return [];
      if (state === "stopped") return [[name, { process: state }] as const];
      const process = state === undefined ? {} : { process: state };
      return [[name, { ...process, ...(await this.#controls.get(name)?.snapshot()) }] as const];
    });
    const links = [...this.#links].map(async ([name, link]) => {
      const [toxics, isListening] = await Promise.all([link.toxics(), link.isListening()]);
      return [[name, { toxics: toxics.join(" "), listening: String(isListening) }] as const];
    });
    return Object.fromEntries((await Promise.all([...components, ...links])).flat());
  }
}

async function whyNoAnswer({
  name,
  address,
  definition,
  kind,
}: AttachedInstance & { kind: AttachDriver }): Promise<Problem | undefined> {
  const { answered, error } = await probe(address, kind.greeting(definition), answersWithinMs);
  if (answered) return undefined;
  const message = `${address.host}:${address.port} does not answer as a component of the kind ${kind.kind}: ${error}`;
  const remedy = "Start it, or correct `at`: this environment starts nothing.";
  return { code: "NOT_ANSWERING", where: name, message, remedy };
}

function raise(exit: number, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new FaultlineError(exit, problems);
}
