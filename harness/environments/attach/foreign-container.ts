import type { InstanceState } from "../../model/capabilities.ts";
import type { Address } from "../../model/environment.ts";
import type { CodeWith } from "../../model/error-codes/index.ts";
import { messageOf, type Problem } from "../../model/errors.ts";
import type { Attachment } from "../../model/system.ts";
import type { UndoStep } from "../../model/undo.ts";
import {
  askEngine,
  complaintOf,
  containerStates,
  type EngineAddress,
  type EngineReply,
  engineAddress,
} from "../../safety/engine-api.ts";
import { ForeignPause } from "./foreign-pause.ts";

const answersWithinMs = 5000;

/** What an engine tells of a container, as far as it matters here. */
interface Inspected {
  readonly Id: string;
  readonly State: { readonly Status: string; readonly Pid: number };
  readonly HostConfig: { readonly NetworkMode: string };
  readonly NetworkSettings: {
    readonly Ports: Readonly<Record<string, readonly { readonly HostPort: string }[] | null>> | null;
    readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> | null;
  };
}

/** A container that is not ours. */
export class ForeignContainer extends ForeignPause {
  readonly #engine: EngineAddress;
  readonly #id: string;

  constructor(name: string, engine: EngineAddress, id: string) {
    super(name);
    this.#engine = engine;
    this.#id = id;
  }

  async pause(): Promise<void> {
    if ((await this.state()).state === "running") await this.#order("pause");
  }

  async resume(): Promise<void> {
    if ((await this.state()).state === "stopped") await this.#order("unpause");
  }

  undoPause(): readonly UndoStep[] {
    return [{ do: "unpauseContainer", engine: this.#engine, container: this.#id }];
  }

  async state(): Promise<InstanceState> {
    const { status, body } = await askEngine(this.#engine, "GET", `/containers/${this.#id}/json`, answersWithinMs);
    if (status !== 200) return { state: "dead", pid: 0 };
    const { Status: is, Pid: pid } = (body as Inspected).State;
    return { state: containerStates[is] ?? "dead", pid };
  }

  async processes(): Promise<number> {
    const { body } = await askEngine(this.#engine, "GET", `/containers/${this.#id}/top`, answersWithinMs);
    return (body as { Processes?: readonly unknown[] } | undefined)?.Processes?.length ?? 0;
  }

  async #order(what: "pause" | "unpause"): Promise<void> {
    const reply = await askEngine(this.#engine, "POST", `/containers/${this.#id}/${what}`, answersWithinMs);
    if (reply.status >= 400) throw new Error(`could not ${what} ${this.name}: ${complaintOf(reply)}`);
  }
}

type Finding = { readonly process: ForeignContainer } | { readonly problem: Problem };

/** Finds the container that somebody told of, and makes sure that it is the one that is meant. */
export async function findContainer(name: string, { container = "" }: Attachment, address: Address): Promise<Finding> {
  const engine = engineAddress(process.env);
  const wrong = (code: CodeWith<"system">, message: string, remedy: string): Finding => ({
    problem: { code, where: name, message, remedy },
  });
  let reply: EngineReply;
  try {
    const path = `/containers/${encodeURIComponent(container)}/json`;
    reply = await askEngine(engine, "GET", path, answersWithinMs);
  } catch (error) {
    const remedy = "Name its socket in DOCKER_HOST, or leave `container` out.";
    return wrong("NO_ENGINE", `no container engine answers at ${engine.url}: ${messageOf(error)}`, remedy);
  }
  if (reply.status === 404)
    return wrong("NO_SUCH_CONTAINER", `there is no container ${container}`, "`docker ps` tells their names.");
  if (reply.status !== 200)
    return wrong("ENGINE_REFUSED", `${engine.url} tells nothing of ${container}: ${complaintOf(reply)}`, "Look why.");
  const inspected = reply.body as Inspected;
  const { Status: status } = inspected.State;
  if (status !== "running") {
    const remedy = "Let it run (`docker unpause`, `docker start`), or leave it out: what we pause, we continue.";
    return wrong("CONTAINER_NOT_RUNNING", `container ${container} is ${status}`, remedy);
  }
  if (!isAt(inspected, address)) {
    const message = `container ${container} has no port that is ${address.host}:${address.port}`;
    return wrong("CONTAINER_NOT_LISTENING", message, "Give the container of the server that is meant.");
  }
  return { process: new ForeignContainer(name, engine, inspected.Id) };
}

/** Whether an address leads there: by a port that it has on the host, by its own address, or by the network of the host. */
function isAt({ NetworkSettings: { Ports, Networks }, HostConfig }: Inspected, { host, port }: Address): boolean {
  const published = Object.values(Ports ?? {}).flatMap((bindings) => bindings ?? []);
  if (published.some(({ HostPort }) => Number(HostPort) === port)) return true;
  if (HostConfig.NetworkMode === "host") return true;
  return Object.values(Networks ?? {}).some(({ IPAddress }) => IPAddress === host);
}
