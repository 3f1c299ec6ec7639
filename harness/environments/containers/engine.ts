import { type ContainerRuntimeClient, getContainerRuntimeClient } from "testcontainers";
import { messageOf, systemError } from "../../model/errors.ts";
import { withDeadline } from "../../network/deadline.ts";
import { askEngine, type EngineAddress, engineAddress } from "../../safety/engine-api.ts";
import { isThisMachine } from "../../safety/foreign-targets.ts";

const pingWithinMs = 5000;
/** It may look in several places. */
const connectWithinMs = 30_000;

/** A container engine that answers. */
export interface Engine {
  readonly client: ContainerRuntimeClient;
  /** For the journal: whoever cleans up has no client. */
  readonly address: EngineAddress;
  readonly version: string;
  /** As the engine calls it: `amd64`. */
  readonly architecture: string;
  readonly memoryBytes: number;
}

/**
 * The engine that DOCKER_HOST names, or that is found where engines are.
 * @throws FaultlineError (3) when there is none, or when we may not ask it
 */
export async function connectToEngine(environment = process.env): Promise<Engine> {
  const named = environment["DOCKER_HOST"] || undefined;
  // The client would look elsewhere when the one that was named does not answer, and break what is not meant.
  if (named !== undefined) {
    assertHere(named);
    await assertAnswers(engineAddress(environment));
  }
  let client: ContainerRuntimeClient;
  let info: { ServerVersion?: unknown; Architecture?: unknown; MemTotal?: unknown };
  const late = (): Error => new Error("it takes connections, and does not answer in time");
  try {
    client = await withDeadline(getContainerRuntimeClient(), connectWithinMs, late);
    info = await withDeadline(client.container.dockerode.info(), connectWithinMs, late);
  } catch (error) {
    const address = engineAddress(environment);
    await assertAnswers(address);
    throw noEngine(address.url, messageOf(error), error);
  }
  const { modem } = client.container.dockerode;
  const { socketPath, host, port } = modem as { socketPath?: string; host?: string; port?: number | string };
  const url = socketPath === undefined ? `tcp://${host}:${port}` : `unix://${socketPath.replace(/^unix:\/\//, "")}`;
  assertMeant(url, named);
  assertHere(url);
  return {
    client,
    address: engineAddress(environment, url),
    version: String(info.ServerVersion),
    architecture: architectures[String(info.Architecture)] ?? String(info.Architecture),
    memoryBytes: Number(info.MemTotal),
  };
}

/** As the kernel calls them → as images call them. */
const architectures: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64", armv7l: "arm" };

async function assertAnswers(address: EngineAddress): Promise<void> {
  if (!/^(unix|tcp|http|https):\/\//.test(address.url)) {
    throw systemError({
      code: "ENGINE_NOT_SUPPORTED",
      where: "DOCKER_HOST",
      message: `${address.url} is no address of an engine that Faultline can ask`,
      remedy: "Give unix:///path/of/the/socket or tcp://host:port.",
    });
  }
  let status: number;
  try {
    ({ status } = await askEngine(address, "GET", "/_ping", pingWithinMs));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === "EACCES" || code === "EPERM"
      ? denied(address.url, error)
      : noEngine(address.url, messageOf(error), error);
  }
  if (status !== 200) throw noEngine(address.url, `it answered ${status} to a ping`);
}

/** The client prefers the `tc.host` of its own properties file to DOCKER_HOST. */
function assertMeant(url: string, named: string | undefined): void {
  const at = (text: string): string => text.replace(/^(http|https):/, "tcp:").replace(/\/$/, "");
  if (named === undefined || at(url) === at(named)) return;
  throw systemError({
    code: "ENGINE_NOT_MEANT",
    where: "DOCKER_HOST",
    message: `names ${named}, and tc.host in ~/.testcontainers.properties names ${url}, which Testcontainers prefers`,
    remedy: "Take one of them away.",
  });
}

/** One that is elsewhere has its ports there, and does not see the folder of the scenarios. */
function assertHere(url: string): void {
  const { protocol, hostname } = URL.parse(url) ?? {};
  if (!/^(tcp|https?):$/.test(protocol ?? "") || isThisMachine(hostname ?? "")) return;
  throw systemError({
    code: "ENGINE_NOT_HERE",
    where: "environment containers",
    message: `the engine at ${url} is on another machine, where its containers would have their ports`,
    remedy: "Run Faultline on that machine, or name an engine on this one in DOCKER_HOST.",
  });
}

function noEngine(url: string, why: string, cause?: unknown): Error {
  return systemError(
    {
      code: "NO_ENGINE",
      where: "environment containers",
      message: `no container engine answers at ${url}: ${why}`,
      remedy:
        "Start Docker (or another engine with its API) and name its socket in DOCKER_HOST, or run with `--env local`; in Faultline's repository `npm run engine -- <command>` starts one.",
    },
    { cause },
  );
}

function denied(url: string, cause: unknown): Error {
  return systemError(
    {
      code: "ENGINE_DENIED",
      where: "environment containers",
      message: `user ${process.getuid?.() ?? ""} may not talk to the container engine at ${url}`,
      remedy:
        "Add the user to the group that owns the socket (`sudo usermod -aG docker $USER`, then log in again), or use a rootless engine.",
    },
    { cause },
  );
}
