import { join } from "node:path";
import type {
  ClockControl,
  InstanceState,
  LimitedResource,
  LimitsControl,
  ProcessControl,
  RolloutControl,
  RuntimeControl,
} from "../../model/capabilities.ts";
import type { EnvironmentContext } from "../../model/environment.ts";
import type { Health } from "../../model/events.ts";
import { statedDuration } from "../../model/quantities.ts";
import type { UndoStep } from "../../model/undo.ts";
import type { Json } from "../../model/units.ts";
import { withDeadline } from "../../network/deadline.ts";
import type { ComponentKind, OpenedControls } from "../../pack/component-kind.ts";
import type { InstanceContext, Launch, LocalDriver } from "../../pack/local-driver.ts";
import { connectionsTo, portsOf } from "../../safety/listening.ts";
import { listProcesses, type ProcessRow, signalProcess, treeOf, variablesOf } from "../../safety/processes.ts";
import { ManagedProcess } from "../processes/managed-process.ts";
import type { Gauges, StartableInstance } from "../system/place.ts";
import { failedToStart, onceWithinMs, type Started, untilReady } from "../system/ready.ts";
import { ControlGroup } from "./control-group.ts";
import { writeOffset } from "./faketime.ts";
import { Inspector } from "./inspector.ts";
import { ChangedLimits } from "./limits.ts";

/** One instance of a component: started by its driver, under control. */
export class Instance
  implements StartableInstance, ProcessControl, RolloutControl, RuntimeControl, ClockControl, LimitsControl
{
  readonly name: string;
  readonly #kind: ComponentKind;
  readonly #driver: LocalDriver;
  readonly #setting: InstanceContext;
  readonly #run: EnvironmentContext;
  #process: ManagedProcess | undefined;
  #launch: Launch | undefined;
  #inspector: Inspector | undefined;
  readonly #limits: ChangedLimits;
  readonly #quota: ControlGroup;
  #rolledOut: Readonly<Record<string, string>> | undefined;

  constructor(kind: ComponentKind, driver: LocalDriver, setting: InstanceContext, run: EnvironmentContext) {
    this.name = setting.instance;
    this.#kind = kind;
    this.#driver = driver;
    this.#setting = setting;
    this.#run = run;
    const group = `faultline-${run.mark}-${this.name}`;
    this.#limits = new ChangedLimits(group);
    this.#quota = new ControlGroup("cpu", `${group}-cpu`);
  }

  async before(): Promise<void> {
    const launch = this.#driver.before?.(this.#setting);
    if (launch === undefined) return;
    const name = `${this.#setting.component}.prepare`;
    const process = await ManagedProcess.start(name, launch, this.#log(name), this.#run, { endsByItself: true });
    const started = this.#started(name, launch);
    let how: string;
    try {
      const late = (): Error =>
        failedToStart("PREPARE_FAILED", started, `had no end after ${statedDuration(onceWithinMs)}`);
      how = await withDeadline(process.ended, onceWithinMs, late, this.#run.signal);
    } finally {
      await process.kill();
    }
    if (how !== "exit 0") throw failedToStart("PREPARE_FAILED", started, `ended with ${how}`);
  }

  async start(): Promise<void> {
    await this.restart();
    await this.#kind.initialise?.(this.#setting);
  }

  async restart(): Promise<void> {
    if (this.#process !== undefined && this.#process.state() !== "dead") return;
    // The kernel knows of an end before Node tells it; what is dead by the one must not be alive by the other.
    await this.#process?.ended;
    const began = this.#run.now();
    const launch = await this.#driver.prepare(this.#setting);
    this.#launch = launch;
    this.#process = await ManagedProcess.start(this.name, launch, this.#log(this.name), this.#run);
    await this.#untilReady(this.#process, launch);
    const { pid } = this.#process.identity;
    const now = this.#run.now();
    this.#run.emit({ atMs: now, type: "started", instance: this.name, pid, tookMs: Math.round(now - began) });
  }

  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  async terminate(graceMs: number): Promise<void> {
    await this.#process?.terminate({ signal: "SIGTERM", graceMs });
  }

  original(variable: string): string | undefined {
    return this.#launch?.environment[variable];
  }

  given(variable: string): Promise<string | undefined> {
    if (this.#process === undefined || this.#process.hasEnded) return Promise.resolve(undefined);
    try {
      return Promise.resolve(variablesOf(this.#process.identity.pid).get(variable));
    } catch {
      // Where the kernel does not tell, what it was started with has to do.
      return Promise.resolve({ ...this.#launch?.environment, ...this.#rolledOut }[variable]);
    }
  }

  isRolledOut(): boolean {
    return this.#rolledOut !== undefined;
  }

  async rollOut(changes: Readonly<Record<string, string>>): Promise<void> {
    if (this.#rolledOut !== undefined || this.#launch === undefined) return;
    await this.stop();
    this.#rolledOut = changes;
    const launch = { ...this.#launch, environment: { ...this.#launch.environment, ...changes } };
    this.#process = await ManagedProcess.start(this.name, launch, this.#log(this.name), this.#run);
  }

  async rollBack(): Promise<void> {
    if (this.#rolledOut !== undefined) await this.stop();
    this.#rolledOut = undefined;
    // Also where it was rolled back before, and ended at its start.
    await this.restart();
  }

  evaluate(expression: string): Promise<Json> {
    this.#inspector ??= new Inspector(this.#log(this.name));
    return this.#inspector.evaluate(this.#tree(), expression);
  }

  isInspected(): boolean {
    return this.#inspector !== undefined;
  }

  async closeInspector(): Promise<void> {
    await this.#inspector?.close(this.#tree());
    this.#inspector = undefined;
  }

  setClock(aheadMs: number): Promise<void> {
    const { clock } = this.#setting;
    if (clock === undefined)
      return Promise.reject(new Error(`${this.name} was not started with a clock that can be set`));
    writeOffset(clock.offsets, aheadMs);
    return Promise.resolve();
  }

  async clockAheadMs(deadlineMs: number): Promise<number | undefined> {
    const date = await this.#kind.date?.(this.#setting, deadlineMs);
    return date === undefined ? undefined : date - Date.now();
  }

  limit(resource: LimitedResource, spare: number): Promise<void> {
    return this.#limits.lower(resource, this.#tree(), spare);
  }

  restoreLimit(resource: LimitedResource): Promise<void> {
    return this.#limits.restore(resource);
  }

  undoLimit(resource: LimitedResource): readonly UndoStep[] {
    return this.#limits.undo(resource);
  }

  usage(resource: LimitedResource) {
    return Promise.resolve(this.#limits.usage(resource, this.#now.pid));
  }

  ports(): Promise<readonly number[]> {
    const ports = new Set(this.#tree().flatMap(({ pid }) => portsOf(pid)));
    return Promise.resolve([...ports].sort((a, b) => a - b));
  }

  #tree(processes = listProcesses()): readonly ProcessRow[] {
    return this.#process === undefined ? [] : treeOf(this.#process.identity, processes);
  }

  openControls(): Promise<OpenedControls | undefined> {
    const opened = this.#kind.openControls?.(this.#setting, (pid) => this.#killOne(pid));
    return opened ?? Promise.resolve(undefined);
  }

  /** SIGKILL to one process of its tree; to none that is not. */
  #killOne(pid: number): Promise<void> {
    const row = this.#tree().find((one) => one.pid === pid);
    if (row !== undefined) signalProcess(row, "SIGKILL");
    return Promise.resolve();
  }

  async pause(): Promise<void> {
    await this.#process?.pause();
  }

  resume(): Promise<void> {
    this.#process?.resume();
    return Promise.resolve();
  }

  async setQuota(share: number): Promise<boolean> {
    const [root] = this.#tree();
    return root !== undefined && this.#quota.limit(root, share);
  }

  liftQuota(): Promise<void> {
    return this.#quota.remove();
  }

  undoQuota(): readonly UndoStep[] {
    return this.#quota.undo();
  }

  quota() {
    return Promise.resolve(this.#quota.state(this.#now.pid));
  }

  undoPause(): readonly UndoStep[] {
    const process = this.#process?.identity ?? { pid: 0, startedAt: "" };
    return [{ do: "resume", process }];
  }

  state(): Promise<InstanceState> {
    return Promise.resolve(this.#now);
  }

  get #now(): InstanceState {
    return { state: this.#process?.state() ?? "dead", pid: this.#process?.identity.pid ?? 0 };
  }

  health(deadlineMs: number): Promise<Health | undefined> {
    return this.#kind.health?.(this.#setting, deadlineMs) ?? Promise.resolve(undefined);
  }

  /** @param processes of the machine @param ports of all connections on it, where they can be known */
  gauges(processes: readonly ProcessRow[], ports: readonly number[] | undefined): Gauges {
    const connections = connectionsTo(this.#setting.address.port, ports);
    return { instance: this.name, processes: this.#tree(processes).length, connections };
  }

  async stop(): Promise<void> {
    await this.#process?.terminate(this.#driver.farewell);
  }

  #untilReady(process: ManagedProcess, launch: Launch): Promise<void> {
    return untilReady({
      started: this.#started(this.name, launch),
      isReady: () => this.#kind.isReady(this.#setting, 500),
      ended: async () => (process.hasEnded ? process.ended : undefined),
      signal: this.#run.signal,
    });
  }

  #log(name: string): string {
    return join(this.#run.logs, `${name}.log`);
  }

  #started(name: string, launch: Launch): Started {
    return { name, command: [launch.command, ...launch.args].join(" "), log: this.#log(name) };
  }
}
