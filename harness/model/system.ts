import type { MetricsDefinition } from "./marks.ts";

/** One end of a link inside a component: whom it talks to, and how it wants to be told the address. */
export interface LinkDefinition<To extends string = string> {
  readonly to: To;
  /**
   * A template: `{host}` and `{port}` are filled in with the component's own proxy, never with the real address. Where a
   * program wants them apart, one variable has `{host}` and another one, to the same component, `{port}`. `{url}` is the
   * whole of it as the component's kind has it: `postgres://user@host:port/database`, `redis://…`, `http://…`.
   */
  readonly as: string;
  /**
   * How many connections each instance keeps over it at most, to each instance at its other end: the size of its pool. A whole
   * number from 1. It sets nothing: `poolsHold` judges what was open by it. Of several links to one component, one states it for
   * all of them.
   */
  readonly connections?: number;
  /** The proxy that carries it, of a system that runs already. */
  readonly through?: ProxyReference;
}

/** Where a component runs already, for an environment that starts nothing. */
export interface Attachment {
  /** `host:port`. */
  readonly at: string;
  /** Its process on this machine; all that descend from it belong to it. */
  readonly pid?: number;
  /** A file that has its process id in the first line, instead of `pid`. */
  readonly pidFile?: string;
  /** The name or id of its container on an engine of this machine, instead of a process. */
  readonly container?: string;
}

/** The proxy of a Toxiproxy that carries a link already. */
export interface ProxyReference {
  /** `host:port` of the server's API, as `127.0.0.1:8474`. */
  readonly toxiproxy: string;
  /** What the proxy is called there. */
  readonly proxy: string;
}

/** A named, faultable part of a system. What `kind` means is up to the environment, which has one driver for each. */
export interface ComponentDefinition<To extends string = string> {
  readonly kind: string;
  /** How many of it run; `api` with 2 instances gives `api-1` and `api-2`. Default 1. */
  readonly instances?: number;
  /**
   * Environment variable → link. A client that asks there where to go, as those of Kafka, of a replica set and of a cluster do,
   * goes past the link's proxy, and no fault on the link meets it.
   */
  readonly links?: Readonly<Record<string, LinkDefinition<To>>>;
  /** A fixed port on the loopback interface; without it a free one is chosen. Only for a single instance. */
  readonly port?: number;
  /** What `{url}` means to who is linked to it; a template like that of a link. */
  readonly url?: string;
  /** What stands in its place in some environments, by their names. */
  readonly otherwiseIn?: Readonly<Record<string, ComponentDefinition<never>>>;
  /** What it tells of itself; what is reached of it is told in reports. Read past the proxies, four times a second. */
  readonly metrics?: MetricsDefinition;
  readonly attached?: Attachment;
  /** What the driver of this kind needs to know; plain JSON. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A relational database: PostgreSQL 18. */
export interface PostgresSettings {
  readonly database: string;
  readonly user: string;
  /** Server settings, as `{ max_connections: "60" }`. */
  readonly configuration?: Readonly<Record<string, string>>;
}

/** A Redis server; `configuration` is passed as `--name value`. */
export interface RedisSettings {
  readonly configuration?: Readonly<Record<string, string>>;
}

/** An OpenSearch server of one node, without the security plugin. */
export interface OpenSearchSettings {
  /** Node settings, as `{ "action.auto_create_index": "false" }`. */
  readonly configuration?: Readonly<Record<string, string>>;
}

/** A program of the user's: started with a command, told its port, ready when a path answers 200. */
export interface ServiceSettings {
  readonly command: readonly string[];
  /** Run once, before the first instance starts, with the first instance's environment (migrations, seed data). */
  readonly prepare?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The variable that tells the program its port. Default `PORT`. */
  readonly portVariable?: string;
  /**
   * The variable that tells the program on which address to listen, where it is not the loopback interface: in a
   * container. Default `HOST`.
   */
  readonly hostVariable?: string;
  /** The variable that tells an instance its name, if it wants to know. */
  readonly nameVariable?: string;
  /** The path that answers 200 when the program can serve. */
  readonly readyPath: string;
  /** The path that answers 200 when the program is alive, whatever its dependencies do; probes use it. Default `readyPath`. */
  readonly livePath?: string;
}

/** A program of the user's in a container of its own image, for an environment that starts containers. */
export interface ContainerSettings {
  readonly image: string;
  /** In the place of the image's own command. */
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Where it listens inside the container; left out for one that only works, and that nobody calls. */
  readonly port?: number;
  /** The path that answers 200 when it can serve; without it, it is ready when it takes connections. */
  readonly readyPath?: string;
}

/**
 * What is not an object at all goes along as the settings, so that a plan can say where it stands.
 * @returns nothing for an object
 */
function notSettings(kind: string, given: unknown): ComponentDefinition<never> | undefined {
  if (Object.prototype.toString.call(given) === "[object Object]") return undefined;
  return { kind, settings: given as Readonly<Record<string, unknown>> };
}

export function postgres(settings: PostgresSettings & { port?: number }): ComponentDefinition<never> {
  const odd = notSettings("postgres", settings);
  if (odd !== undefined) return odd;
  const { port, ...rest } = settings;
  const url = `postgres://${rest.user}@{host}:{port}/${rest.database}`;
  return { kind: "postgres", settings: rest, url, ...(port === undefined ? {} : { port }) };
}

export function redis(settings: RedisSettings & { port?: number } = {}): ComponentDefinition<never> {
  const odd = notSettings("redis", settings);
  if (odd !== undefined) return odd;
  const { port, ...rest } = settings;
  return { kind: "redis", settings: rest, url: "redis://{host}:{port}", ...(port === undefined ? {} : { port }) };
}

export function openSearch(settings: OpenSearchSettings = {}): ComponentDefinition<never> {
  const odd = notSettings("opensearch", settings);
  if (odd !== undefined) return odd;
  return { kind: "opensearch", settings: { ...settings }, url: "http://{host}:{port}" };
}

/**
 * One part of a system, by what plays it in which environment: `perEnvironment({ containers: openSearch(), otherwise:
 * postgres({ … }) })`. Whoever is linked to it says `as: "{url}"`.
 */
export function perEnvironment(components: {
  readonly otherwise: ComponentDefinition<never>;
  readonly [environment: string]: ComponentDefinition<never>;
}): ComponentDefinition<never> {
  const { otherwise, ...otherwiseIn } = components ?? {};
  return { ...otherwise, otherwiseIn };
}

export function service<const Links extends Readonly<Record<string, LinkDefinition>> = Record<never, never>>(
  settings: ServiceSettings & { links?: Links; instances?: number; port?: number; metrics?: MetricsDefinition },
): ComponentDefinition<Links[keyof Links]["to"]> {
  const odd = notSettings("service", settings);
  if (odd !== undefined) return odd;
  const { links, instances, port, metrics, ...rest } = settings;
  return {
    kind: "service",
    settings: rest,
    url: "http://{host}:{port}",
    ...(links === undefined ? {} : { links }),
    ...(instances === undefined ? {} : { instances }),
    ...(port === undefined ? {} : { port }),
    ...(metrics === undefined ? {} : { metrics }),
  };
}

export function container<const Links extends Readonly<Record<string, LinkDefinition>> = Record<never, never>>(
  settings: ContainerSettings & { links?: Links; instances?: number },
): ComponentDefinition<Links[keyof Links]["to"]> {
  const odd = notSettings("container", settings);
  if (odd !== undefined) return odd;
  const { links, instances, ...rest } = settings;
  return {
    kind: "container",
    settings: rest,
    ...(links === undefined ? {} : { links }),
    ...(instances === undefined ? {} : { instances }),
  };
}

type Components = Readonly<Record<string, ComponentDefinition>>;
type EndOf<C> = C extends ComponentDefinition<infer To> ? To : never;
type NameOf<C extends Components> = keyof C & string;

/** `clients` is what the workload is called at its end of a link. */
type LinkEnds<C extends Components, Entry extends string> =
  | { [From in NameOf<C>]: { from: From; to: EndOf<C[From]> } }[NameOf<C>]
  | { from: "clients"; to: Entry };
type LinkNameOf<Ends> = Ends extends { from: infer From extends string; to: infer To extends string }
  ? `${From}->${To}` | `${From}-${number}->${To}` | `${From}->${To}-${number}` | `${From}-${number}->${To}-${number}`
  : never;

/** What is under test: components joined by links. Plain data; an environment starts it. */
export interface System<ComponentName extends string = string, LinkName extends string = string> {
  readonly name: string;
  /** Which variant of the system this is, when there are several, as `mutant lost-del`. */
  readonly variant?: string;
  /** Environment variables that this definition was made from; the replay command sets them. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly components: Components;
  /** The component that the workload talks to. */
  readonly entry: string;
  /** Never set: carries the names that a target may have, for the compiler. */
  readonly names?: { component: ComponentName | `${ComponentName}-${number}`; link: LinkName };
}

/**
 * Defines a system. A link to a component that is not there does not compile.
 * @throws nothing: what the types cannot see is told, all at once, when a scenario over it is planned
 */
export function system<const C extends Components, const Entry extends NameOf<C>>(definition: {
  name: string;
  variant?: string;
  variables?: Readonly<Record<string, string>>;
  components: C & { [Name in keyof C]: EndOf<C[Name]> extends NameOf<C> ? unknown : ComponentDefinition<NameOf<C>> };
  entry: Entry;
}): System<NameOf<C>, LinkNameOf<LinkEnds<C, Entry>>> {
  return definition;
}

/** Every name that a fault on this system may aim at. */
export type TargetOf<S extends System> =
  S extends System<infer Component, infer Link> ? Component | `${Component}-${number}` | Link : never;

/** `api` with 2 instances → `api-1`, `api-2`; a single one keeps the component's name. */
export function instanceNames(name: string, component: ComponentDefinition): readonly string[] {
  const count = component.instances ?? 1;
  return count === 1 ? [name] : Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
}

/** The path that answers 200 while an instance is alive, where its component states one. */
export function livePathOf({ settings }: ComponentDefinition): string | undefined {
  const { livePath } = settings;
  return typeof livePath === "string" ? livePath : undefined;
}

/** One TCP edge from one client instance to one server instance; one proxy carries it. */
export interface Link {
  readonly name: string;
  readonly from: { readonly component: string; readonly instance: string };
  readonly to: { readonly component: string; readonly instance: string };
}

/** The workload's end of a link. */
export const clientsName = "clients";

/** All links of a system, instance by instance, each once, in a stable order. */
export function linksOf(system: System): readonly Link[] {
  const links = new Map<string, Link>();
  const add = (fromComponent: string, fromInstance: string, toComponent: string): void => {
    const target = system.components[toComponent];
    if (target === undefined) return;
    for (const toInstance of instanceNames(toComponent, target)) {
      const name = `${fromInstance}->${toInstance}`;
      const from = { component: fromComponent, instance: fromInstance };
      links.set(name, { name, from, to: { component: toComponent, instance: toInstance } });
    }
  };
  add(clientsName, clientsName, system.entry);
  for (const [name, component] of Object.entries(system.components)) {
    for (const instance of instanceNames(name, component)) {
      for (const link of Object.values(component.links ?? {})) add(name, instance, link.to);
    }
  }
  return [...links.values()];
}

/**
 * How many connections the client of a link keeps over it at most, as the system's definition states it; undefined where it
 * does not.
 */
export function statedConnections(system: System, { from, to }: Link): number | undefined {
  const links = Object.values(system.components[from.component]?.links ?? {});
  return links.find((link) => link.to === to.component && link.connections !== undefined)?.connections;
}

/** The links that a target names: `api->cache` is all of them, `api-1->cache` one. Empty when it names none. */
export function linksNamed(system: System, target: string): readonly Link[] {
  const [from, to] = target.split("->");
  const isAt = (end: Link["from"], name: string | undefined): boolean =>
    end.component === name || end.instance === name;
  return linksOf(system).filter((link) => isAt(link.from, from) && isAt(link.to, to));
}

/** The instances that a target names: `api` is all of them, `api-1` one. Empty when it names none. */
export function instancesNamed(system: System, target: string): readonly string[] {
  return Object.entries(system.components).flatMap(([name, component]) =>
    instanceNames(name, component).filter((instance) => name === target || instance === target),
  );
}
