import type { Capabilities, CapabilityName, InstanceState } from "../../model/capabilities.ts";
import type { Address } from "../../model/environment.ts";
import type { Health } from "../../model/events.ts";
import type { Link } from "../../model/system.ts";
import type { TrafficSources } from "../../network/link-look.ts";
import type { ProxyServer } from "../../network/proxy-server.ts";
import type { Relays } from "../../network/relays.ts";
import type { ComponentKind, InstanceFacts, OpenControls, OpenedControls } from "../../pack/component-kind.ts";
import type { ProxyRecords } from "./traffic.ts";

/** One instance of a component that can be started and stopped, wherever it runs. */
export interface StartableInstance {
  readonly name: string;
  /** Runs what its component wants to have run once before the first start, to its end. */
  before(): Promise<void>;
  /** Starts it for the first time, and makes it ready for use. */
  start(): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
  state(): Promise<InstanceState>;
  /** What it says of itself; undefined when its kind says nothing. */
  health(deadlineMs: number): Promise<Health | undefined>;
  /** The ports that its processes listen on. */
  ports(): Promise<readonly number[]>;
  /** Everything that its kind allows besides what any process does. */
  openControls(): Promise<OpenedControls | undefined>;
}

/** What there is of an instance now. */
export interface Gauges {
  readonly instance: string;
  readonly processes: number;
  /** To it; undefined where that can't be known. */
  readonly connections: number | undefined;
}

/** A Toxiproxy server of our own. */
export interface RunningProxies {
  readonly server: ProxyServer;
  readonly records: ProxyRecords;
  /** Rejects when the server has ended without being asked to; otherwise never settles. */
  readonly lost: Promise<never>;
  stop(): Promise<void>;
}

/** What an environment can do to an instance, by capability. */
export type Offers<Instance> = {
  readonly [Name in Exclude<CapabilityName, "network" | "relay" | keyof OpenControls>]?: (
    instance: Instance,
  ) => Capabilities[Name];
};

/** Where a system is started: what differs between processes on this machine and containers. */
export interface Place<Instance extends StartableInstance> {
  readonly offers: Offers<Instance>;
  readonly versions: Readonly<Record<string, string>>;
  /** The host at which instances find the proxies. */
  readonly proxiesAt: string;
  /** Before anything else is started. */
  begin?(): Promise<void>;
  /** Of our own, behind the proxies; absent where these cannot reach them. */
  readonly relays?: Relays;
  /** @param ports that proxies will listen on */
  startProxies(admin: Address, ports: readonly number[]): Promise<RunningProxies>;
  /**
   * Where the kernel shows what goes over links. @param ports that their proxies listen on
   * @returns for each link; undefined for one whose clients look like Faultline's own probes
   */
  traffic?(
    ports: readonly number[],
    proxies: RunningProxies,
    instanceNamed: (name: string) => Instance | undefined,
  ): (link: Link, port: number) => Pick<TrafficSources, "sockets" | "clients" | "open"> | undefined;
  /** Where a proxy is told to listen that is reached at an address. */
  listen(reached: Address): Address;
  /** Where the proxies find an instance. */
  upstream(facts: InstanceFacts): Address;
  makeInstance(kind: ComponentKind, facts: InstanceFacts): Instance;
  /**
   * Of each. Read while the load goes on, which shares the event loop and the processor with it: what can be had
   * for all at one look is looked for once.
   */
  gauges(instances: readonly Instance[]): Promise<readonly Gauges[]>;
  /** After everything else, also when the start failed; twice is harmless. */
  end(): Promise<void>;
}
