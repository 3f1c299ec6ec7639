import { rmSync } from "node:fs";
import { join } from "node:path";
import type {
  InstanceState,
  LimitedResource,
  LimitedUsage,
  LimitsControl,
  Measured,
  NicControl,
  ProcessControl,
  RolloutControl,
} from "../../model/capabilities.ts";
import type { Health } from "../../model/events.ts";
import { statedDuration } from "../../model/quantities.ts";
import { withDeadline } from "../../network/deadline.ts";
import type { ComponentKind, InstanceFacts, OpenedControls } from "../../pack/component-kind.ts";
import { type ContainerDriver, containerPort, type Recipe } from "../../pack/container-driver.ts";
import { connectedPorts, connectionsTo, established, listening, portsIn } from "../../safety/listening.ts";
import type { Gauges, StartableInstance } from "../system/place.ts";
import { failedToStart, onceWithinMs, type Started, untilReady } from "../system/ready.ts";
import { ManagedContainer } from "./container.ts";
import type { Ground } from "./ground.ts";
import { ContainerLimits } from "./limits.ts";
import { notStarted } from "./not-started.ts";
import { imageName } from "./settings.ts";

const periodUs = 100_000;
/** What a server may take to write down what it has, when a new version of it is rolled out. */
const shutdownMs = 5000;

/** One instance of a component as a container, under control. */
export class ContainerInstance implements StartableInstance, ProcessControl, NicControl, RolloutControl, LimitsControl {
  readonly name: string;
  readonly #kind: ComponentKind;
  readonly #driver: ContainerDriver;
  readonly #facts: InstanceFacts;
  readonly #ground: Ground;
  readonly #limits: ContainerLimits;
  #container: ManagedContainer | undefined;
  #rolledOut: Readonly<Record<string, string>> | undefined;

  constructor(kind: ComponentKind, driver: ContainerDriver, facts: InstanceFacts, ground: Ground) {
    this.name = facts.instance;
    this.#kind = kind;
    this.#driver = driver;
    this.#facts = facts;
    this.#ground = ground;
    this.#limits = new ContainerLimits(ground.engine.memoryBytes);
  }

  get container(): ManagedContainer | undefined {
    return this.#container;
  }

  async before(): Promise<void> {
    const recipe = this.#driver.before?.(this.#facts);
    if (recipe === undefined) return;
    const started = this.#started(`${this.#facts.component}.prepare`, recipe);
    const container = await ManagedContainer.make(this.#ground, started.name, recipe, started.log);
    try {
      await this.#begin(container, started, { endsByItself: true });
      const late = (): Error =>
        failedToStart("PREPARE_FAILED", started, `had no end after ${statedDuration(onceWithinMs)}`);
      const how = await withDeadline(container.ended, onceWithinMs, late, this.#ground.context.signal);
      if (how !== "exit 0") throw failedToStart("PREPARE_FAILED", started, `ended with ${how}`);
    } finally {
      await container.remove();
    }
  }

  async start(): Promise<void> {
    await this.restart();
    await this.#kind.initialise?.(this.#facts);
  }

  async restart(): Promise<void> {
    if (this.#container !== undefined && !this.#container.hasEnded) return;
    const { context } = this.#ground;
    const began = context.now();
    const recipe = this.#driver.recipe(this.#facts);
    const started = this.#started(this.name, recipe);
    this.#container ??= await ManagedContainer.make(this.#ground, this.name, recipe, started.log);
    const container = this.#container;
    const pid = await this.#begin(container, started);
    await untilReady({
      started,
      isReady: () => this.#kind.isReady(this.#facts, 500),
      ended: async () => (container.hasEnded ? container.ended : undefined),
      signal: context.signal,
    });
    const now = context.now();
    context.emit({ atMs: now, type: "started", instance: this.name, pid, tookMs: Math.round(now - began) });
  }

  async kill(): Promise<void> {
    await this.#container?.kill();
  }

  async terminate(graceMs: number): Promise<void> {
    await this.#container?.terminate(graceMs);
  }

  async pause(): Promise<void> {
    await this.#container?.pause();
  }

  async resume(): Promise<void> {
    await this.#container?.resume();
  }

  /** A container goes away with its run, and how it is with it. */
  undoPause() {
    return [];
  }

  async unplug(): Promise<void> {
    await this.#container?.unplug();
  }

  async plugIn(): Promise<void> {
    await this.#container?.plugIn();
  }

  async isPluggedIn(): Promise<boolean> {
    return (await this.#container?.isPluggedIn()) ?? false;
  }

  answers(deadlineMs: number): Promise<boolean> {
    return this.#kind.isReady(this.#facts, deadlineMs);
  }

  async setQuota(share: number): Promise<boolean> {
    await this.#container?.update({ CpuPeriod: periodUs, CpuQuota: Math.round(share * periodUs) });
    return this.#container !== undefined;
  }

  async liftQuota(): Promise<void> {
    if ((await this.quota()) !== undefined) await this.#container?.update({ CpuQuota: -1 });
  }

  undoQuota() {
    return [];
  }

  async quota(): Promise<Measured | undefined> {
    const quotaUs = (await this.#container?.inspect())?.HostConfig.CpuQuota ?? 0;
    return quotaUs > 0 ? { share: quotaUs / periodUs } : undefined;
  }

  async limit(resource: LimitedResource, spare: number): Promise<void> {
    if (this.#container !== undefined) await this.#limits.lower(this.#container, resource, spare);
  }

  async restoreLimit(resource: LimitedResource): Promise<void> {
    if (this.#container !== undefined) await this.#limits.restore(this.#container, resource);
  }

  undoLimit() {
    return [];
  }

  async usage(resource: LimitedResource): Promise<LimitedUsage> {
    if (this.#container === undefined || this.#container.hasEnded) return { used: 0, isChanged: false };
    return this.#limits.usage(this.#container, resource);
  }

  async state(): Promise<InstanceState> {
    return (await this.#container?.state()) ?? { state: "dead", pid: 0 };
  }

  original(variable: string): string | undefined {
    return this.#driver.recipe(this.#facts).environment[variable];
  }

  async given(variable: string): Promise<string | undefined> {
    if (this.#container === undefined || this.#container.hasEnded) return undefined;
    const { Config: config } = await this.#container.inspect();
    return config.Env.find((entry) => entry.startsWith(`${variable}=`))?.slice(variable.length + 1);
  }

  isRolledOut(): boolean {
    return this.#rolledOut !== undefined;
  }

  async rollOut(changes: Readonly<Record<string, string>>): Promise<void> {
    if (this.#rolledOut !== undefined || this.#container === undefined) return;
    const own = this.#driver.recipe(this.#facts);
    const recipe = { ...own, environment: { ...own.environment, ...changes } };
    const next = await this.#replace(recipe);
    this.#rolledOut = changes;
    await this.#begin(next, this.#started(this.name, recipe));
  }

  async rollBack(): Promise<void> {
    if (this.#rolledOut !== undefined) await this.#replace(this.#driver.recipe(this.#facts));
    this.#rolledOut = undefined;
    // Also where it was rolled back before, and ended at its start.
    await this.restart();
  }

  /** Another container in the place of the one that there is, with what it keeps. @returns it; it is not started */
  async #replace(recipe: Recipe): Promise<ManagedContainer> {
    const { scratch } = this.#ground.context;
    const { keeps } = this.#driver;
    const saved = join(scratch, `${this.name}.tar`);
    await this.#container?.terminate(this.#driver.farewellMs ?? shutdownMs);
    if (keeps !== undefined) await this.#container?.save(keeps, saved);
    await this.#container?.remove();
    this.#container = undefined;
    const next = await ManagedContainer.make(this.#ground, this.name, recipe, this.#started(this.name, recipe).log);
    if (keeps !== undefined) await next.load(keeps, saved);
    rmSync(saved, { force: true });
    this.#container = next;
    return next;
  }

  openControls(): Promise<OpenedControls | undefined> {
    const opened = this.#kind.openControls?.(this.#facts, (pid) => this.#killOne(pid));
    return opened ?? Promise.resolve(undefined);
  }

  /** SIGKILL to one of its processes, by the number that it goes by inside. */
  async #killOne(pid: number): Promise<void> {
    await this.#container?.run(["sh", "-c", `kill -KILL ${Math.trunc(pid)}`]);
  }

  health(deadlineMs: number): Promise<Health | undefined> {
    return this.#kind.health?.(this.#facts, deadlineMs) ?? Promise.resolve(undefined);
  }

  /** @param seen the processes in containers that the kernel of this machine shows, by the container's id */
  async gauges(seen: ReadonlyMap<string | undefined, readonly number[]>): Promise<Gauges> {
    const [instance, container] = [this.name, this.#container];
    if (container === undefined || container.hasEnded) return { instance, processes: 0, connections: undefined };
    const pids = seen.get(container.id);
    const port = containerPort(container.recipe, this.#facts.address.port);
    // To run a program in it takes a tenth of a second of a core, which the system that is measured has not got then.
    const ports = pids?.[0] === undefined ? await this.#connectedPorts() : await connectedPorts(pids[0]);
    return { instance, processes: await container.processes(pids), connections: connectionsTo(port, ports) };
  }

  async #connectedPorts(): Promise<readonly number[] | undefined> {
    const sockets = await this.#sockets();
    return sockets === undefined ? undefined : portsIn(sockets, established);
  }

  async ports(): Promise<readonly number[]> {
    const ports = new Set(portsIn((await this.#sockets()) ?? "", listening));
    return [...ports].sort((a, b) => a - b);
  }

  /** Its sockets, as its own kernel tables tell them; undefined where there is no program in it to read them. */
  async #sockets(): Promise<string | undefined> {
    const text = await this.#container?.run(["cat", "/proc/net/tcp", "/proc/net/tcp6"]);
    // The engine answers names for it, at a port of its own choice each time.
    return text
      ?.split("\n")
      .filter((line) => !line.includes(" 0B00007F:"))
      .join("\n");
  }

  async stop(): Promise<void> {
    if (this.#driver.farewellMs !== undefined) await this.#container?.terminate(this.#driver.farewellMs);
    await this.#container?.remove();
    this.#container = undefined;
  }

  /** @returns the container's pid @throws FaultlineError (3) when its program can't be run */
  async #begin(
    container: ManagedContainer,
    started: Started,
    options: { endsByItself?: boolean } = {},
  ): Promise<number> {
    try {
      return await container.start(options);
    } catch (error) {
      throw notStarted(started, error);
    }
  }

  #started(name: string, recipe: Recipe): Started {
    const command = recipe.command.join(" ") || `the image ${imageName(this.#ground.settings, recipe.image)}`;
    return { name, command, log: join(this.#ground.context.logs, `${name}.log`) };
  }
}
