import { closeSync, createWriteStream, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerRuntimeClient } from "testcontainers";
import type { InstanceState } from "../../model/capabilities.ts";
import type { Recipe } from "../../pack/container-driver.ts";
import { askEngine, complaintOf, containerStates } from "../../safety/engine-api.ts";
import { inTime } from "./engine-call.ts";
import type { Ground } from "./ground.ts";
import { howEnded } from "./how-ended.ts";
import { imageName } from "./settings.ts";

type Docker = ContainerRuntimeClient["container"]["dockerode"];
export type Container = ReturnType<Docker["getContainer"]>;
type Inspection = Awaited<ReturnType<Container["inspect"]>>;

/** What its last words may take to arrive after its end. */
const lastWordsMs = 1000;

/** What a container was made of. */
interface Made {
  readonly name: string;
  /** In the network. */
  readonly alias: string;
  readonly recipe: Recipe;
  readonly log: string;
  readonly container: Container;
}

/** A container of ours, which can be started again and again. */
export class ManagedContainer {
  readonly name: string;
  readonly recipe: Recipe;
  readonly #ground: Ground;
  readonly #alias: string;
  readonly #container: Container;
  readonly #log: string;
  #ended: Promise<string> = Promise.resolve("nothing: it was never started");
  #hasEnded = true;
  #isExpected = false;

  /** Makes it, and does not start it. @param alias its name in the network @throws what the engine says */
  static async make(
    ground: Ground,
    name: string,
    recipe: Recipe,
    log: string,
    alias = name,
  ): Promise<ManagedContainer> {
    const { engine, settings, network, labels, suffix } = ground;
    const published = recipe.ports.map(({ inside, outside }) => [
      `${inside}/tcp`,
      [{ HostIp: "127.0.0.1", HostPort: `${outside}` }],
    ]);
    const { folder, knowsPeersOnly = false, hasInit = false } = recipe;
    const container = await inTime(ground, "create", name, () =>
      engine.client.container.create({
        name: `faultline-${name}-${suffix}`,
        ...(settings.platform === undefined ? {} : { platform: settings.platform }),
        Image: imageName(settings, recipe.image),
        Cmd: [...recipe.command],
        Env: Object.entries(recipe.environment).map(([variable, value]) => `${variable}=${value}`),
        Labels: { ...labels, "faultline.instance": name },
        Hostname: name,
        ExposedPorts: Object.fromEntries(recipe.ports.map(({ inside }) => [`${inside}/tcp`, {}])),
        ...(folder === undefined ? {} : { WorkingDir: folder }),
        HostConfig: {
          Init: hasInit,
          PortBindings: Object.fromEntries(published),
          // On one network and no other: of a container that is on the engine's own as well, no link would be all.
          NetworkMode: network,
          // As a mount, since of a folder that the engine does not see a bind would make an empty one.
          ...(folder === undefined
            ? {}
            : { Mounts: [{ Type: "bind", Source: folder, Target: folder, ReadOnly: true }] }),
          ...(knowsPeersOnly ? ownNamesOnly : {}),
        },
        NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [alias] } } },
      }),
    );
    return new ManagedContainer(ground, { name, alias, recipe, log, container });
  }

  private constructor(ground: Ground, { name, alias, recipe, log, container }: Made) {
    this.#ground = ground;
    this.name = name;
    this.recipe = recipe;
    this.#alias = alias;
    this.#log = log;
    this.#container = container;
  }

  /** How it ended, once it has: `exit 1`, or `SIGKILL`. Rejects when the engine is lost. */
  get ended(): Promise<string> {
    return this.#ended;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** @param options.endsByItself its end is no surprise @returns its pid, as the engine counts them */
  async start(options: { readonly endsByItself?: boolean } = {}): Promise<number> {
    const { said } = await this.#follow();
    this.#isExpected = options.endsByItself ?? false;
    const beganMs = this.#ground.context.now();
    await this.#call("start", () => this.#container.start());
    this.#hasEnded = false;
    const { pid } = await this.state();
    this.#ended = this.#untilEnd(said, pid, beganMs);
    this.#ended.catch(() => undefined);
    return pid;
  }

  /** SIGKILL to all its processes; returns when they are gone. */
  async kill(): Promise<void> {
    this.#isExpected = true;
    if (this.#hasEnded) return;
    await this.#call("kill", () => this.#container.kill({ signal: "SIGKILL" }), [404, 409]);
    await this.#call("await the end of", () => this.#ended);
  }

  /** SIGTERM to its first process, and SIGKILL to what is left after the grace. */
  async terminate(graceMs: number): Promise<void> {
    this.#isExpected = true;
    if (this.#hasEnded) return;
    await this.resume();
    await this.#call("terminate", () => this.#container.kill({ signal: "SIGTERM" }), [404, 409]);
    await Promise.race([this.#ended, sleep(graceMs, undefined, { ref: false })]);
    await this.kill();
  }

  async pause(): Promise<void> {
    if ((await this.state()).state === "running") await this.#call("pause", () => this.#container.pause(), [404, 409]);
  }

  async resume(): Promise<void> {
    if ((await this.state()).state === "stopped")
      await this.#call("continue", () => this.#container.unpause(), [404, 500]);
  }

  /** Takes it off the network of its run. */
  async unplug(): Promise<void> {
    if (!(await this.isPluggedIn())) return;
    const options = { Container: this.#container.id, Force: true };
    await this.#call("disconnect", () => this.#network().disconnect(options));
  }

  /** Puts it on the network of its run, by the name that it had there. */
  async plugIn(): Promise<void> {
    if (await this.isPluggedIn()) return;
    const options = { Container: this.#container.id, EndpointConfig: { Aliases: [this.#alias] } };
    await this.#call("connect", () => this.#network().connect(options));
  }

  async isPluggedIn(): Promise<boolean> {
    const { NetworkSettings: settings } = await this.inspect();
    return Object.hasOwn(settings.Networks, this.#ground.network);
  }

  #network() {
    return this.#ground.engine.client.container.dockerode.getNetwork(this.#ground.network);
  }

  /** Takes it away with all that it had written. */
  async remove(): Promise<void> {
    this.#isExpected = true;
    await this.#call("remove", () => this.#container.remove({ force: true, v: true }), [404, 409]);
    if (!this.#hasEnded) await this.#call("await the end of", () => this.#ended);
  }

  /** A folder in it, with all that it has, is written into a file. */
  async save(folder: string, file: string): Promise<void> {
    const stream = await this.#call("read", () => this.#container.getArchive({ path: folder }));
    await pipeline(stream, createWriteStream(file));
  }

  /** What was saved of another one is put where it was; before it is started. */
  async load(folder: string, file: string): Promise<void> {
    await this.#call("fill", () => this.#container.putArchive(file, { path: dirname(folder) }));
  }

  /** Changes what the kernel lets it have, while it runs. */
  async update(limits: Readonly<Record<string, number>>): Promise<void> {
    await this.#call("limit", () => this.#container.update(limits));
  }

  inspect(): Promise<Inspection> {
    return this.#call("inspect", () => this.#container.inspect());
  }

  /** The memory that its processes have, in bytes: without what the kernel keeps of files and could do without. */
  async memory(): Promise<number> {
    // One look: for two, which tell of the processor too, the engine takes a second.
    const look = () => this.#container.stats({ stream: false, "one-shot": true });
    const { memory_stats: memory } = await this.#call("measure", look);
    // By version 1 of control groups, and by version 2.
    const told: Readonly<Record<string, number>> = { ...memory.stats };
    const idle = told["total_inactive_file"] ?? told["inactive_file"] ?? 0;
    return Math.max(0, memory.usage - idle);
  }

  get id(): string {
    return this.#container.id;
  }

  /** How many processes it has. @param seen their pids, where they are known; else the engine is asked */
  async processes(seen?: readonly number[]): Promise<number> {
    const ask = () => this.#call("list the processes of", () => this.#container.top(), [404, 409, 500]);
    const all = seen?.length ?? (await ask())?.Processes.length ?? 0;
    return Math.max(0, all - (this.recipe.hasInit === true ? 1 : 0));
  }

  /**
   * Runs a program in it to its end.
   * @param user as `999:999`; the image's own when absent
   * @returns what it wrote; undefined when it could not be run, or failed
   */
  async run(command: readonly string[], user?: string): Promise<string | undefined> {
    const rights = user === undefined ? {} : { User: user };
    const run = async (): Promise<string | undefined> => {
      const exec = await this.#container.exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true, ...rights });
      const [output, errors] = [new PassThrough(), new PassThrough()];
      const stream = await exec.start({ Detach: false, Tty: false });
      this.#ground.engine.client.container.dockerode.modem.demuxStream(stream, output, errors);
      errors.resume();
      stream.once("end", () => output.end());
      const said = await text(output);
      return (await exec.inspect()).ExitCode === 0 ? said : undefined;
    };
    return this.#call("run a program in", run).catch(() => undefined);
  }

  async state(): Promise<InstanceState> {
    const inspection = await this.#call("inspect", () => this.#container.inspect(), [404]);
    const { Status: status = "dead", Pid: pid = 0 } = inspection?.State ?? {};
    return { state: containerStates[status] ?? "dead", pid };
  }

  /** Its output goes to its log as it is said: from before its start, so that nothing is missed. @returns its end */
  async #follow(): Promise<{ readonly said: Promise<void> }> {
    const file = openSync(this.#log, "a");
    const output = new PassThrough();
    output.on("data", (chunk: Buffer) => writeSync(file, chunk));
    const stream = await this.#call("listen to", () =>
      this.#container.attach({ stream: true, stdout: true, stderr: true }),
    );
    this.#ground.engine.client.container.dockerode.modem.demuxStream(stream, output, output);
    const said = new Promise<void>((resolve) => {
      output.once("close", () => {
        closeSync(file);
        resolve();
      });
      for (const over of ["end", "close", "error"]) stream.once(over, () => output.end());
    });
    return { said };
  }

  async #untilEnd(said: Promise<void>, pid: number, beganMs: number): Promise<string> {
    const { emit, now } = this.#ground.context;
    // Not by the client, which waits for ever when the engine is lost meanwhile.
    const path = `/containers/${this.#container.id}/wait`;
    const reply = await askEngine(this.#ground.engine.address, "POST", path, Number.POSITIVE_INFINITY);
    const { StatusCode: code } = reply.body as { StatusCode?: number };
    if (code === undefined) throw new Error(`the engine answered ${reply.status} to ${path}: ${complaintOf(reply)}`);
    // Before its last words: a fault may begin or end until they are there.
    const [atMs, expected] = [now(), this.#isExpected];
    await Promise.race([said, sleep(lastWordsMs, undefined, { ref: false })]);
    const how = howEnded(code);
    this.#hasEnded = true;
    const ranMs = Math.round(atMs - beganMs);
    emit({ atMs, type: "exited", instance: this.name, pid, how, expected, ranMs });
    return how;
  }

  #call<T>(what: string, call: () => Promise<T>): Promise<T>;
  #call<T>(what: string, call: () => Promise<T>, fine: readonly number[]): Promise<T | undefined>;
  async #call<T>(what: string, call: () => Promise<T>, fine: readonly number[] = []): Promise<T | undefined> {
    try {
      return await inTime(this.#ground, what, this.name, call);
    } catch (error) {
      // What it was asked to become it is already, or it is gone.
      if (fine.includes((error as { statusCode?: number }).statusCode ?? 0)) return undefined;
      throw error;
    }
  }
}

/**
 * With `ndots:1` the engine itself says of a name without a dot that there is none. Without it older engines (20.10 to 23)
 * ask another name server, and where there is none either, say nothing: whoever asked waits for ten seconds.
 */
const ownNamesOnly = { Dns: ["127.0.0.1"], DnsOptions: ["ndots:1"], DnsSearch: ["."] };
