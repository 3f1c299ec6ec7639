import { ImageName } from "testcontainers";
// What its users have logged in to, as Docker keeps it; it exports this no further up.
import { getAuthConfig } from "testcontainers/build/container-runtime/index.js";
import { exits, FaultlineError, messageOf, type Problem } from "../../model/errors.ts";
import { statedDuration } from "../../model/quantities.ts";
import { withDeadline } from "../../network/deadline.ts";
import type { Image } from "../../pack/container-driver.ts";
import type { Engine } from "./engine.ts";
import { type ImageSettings, imageName } from "./settings.ts";

/** A large image over a slow line. */
const pullWithinMs = 15 * 60_000;

/** An image that a system needs, and who says so. */
interface Wanted {
  readonly image: Image;
  readonly where: string;
}

/**
 * Sees to it that the engine has every image, and that it can run them.
 * @throws FaultlineError (3) with every image that can't be had or run, and why
 */
export async function ensureImages(
  engine: Engine,
  settings: ImageSettings,
  wanted: readonly Wanted[],
  signal: AbortSignal,
): Promise<void> {
  const byName = Map.groupBy(wanted, ({ image }) => imageName(settings, image));
  const problems = await Promise.all([...byName.values()].map(([one]) => ensureImage(engine, settings, one!, signal)));
  const real = problems.filter((problem) => problem !== undefined);
  if (real.length > 0) throw new FaultlineError(exits.system, real);
}

async function ensureImage(
  engine: Engine,
  settings: ImageSettings,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const { pull: policy, platform } = settings;
  const name = imageName(settings, wanted.image);
  const known = await inspect(engine, name);
  const isAsked = policy === "always" || (policy === "missing" && known === undefined);
  const failure = isAsked ? await pullImage(engine, name, platform, signal) : undefined;
  const image = isAsked ? await inspect(engine, name) : known;
  if (image === undefined || failure !== undefined) {
    return notToBeHad(
      wanted,
      name,
      failure ?? `the engine does not have it, and may not ask for it (pull: "${policy}")`,
    );
  }
  const needed = platform?.split("/")[1] ?? engine.architecture;
  return image.Architecture === needed ? undefined : wrongArchitecture(wanted, name, image.Architecture, needed);
}

function inspect({ client }: Engine, name: string) {
  return client.container.dockerode
    .getImage(name)
    .inspect()
    .catch((error: { statusCode?: number }) => {
      if (error.statusCode === 404) return undefined;
      throw error;
    });
}

/**
 * @returns why it could not be pulled
 * @throws AbortError when the signal ends it
 */
async function pullImage(
  engine: Engine,
  name: string,
  platform: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const late = (): Error => new Error(`it was not there after ${statedDuration(pullWithinMs)}`);
  const ended = new AbortController();
  try {
    await withDeadline(pull(engine, name, platform, ended.signal), pullWithinMs, late, signal);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    return messageOf(error).trim();
  } finally {
    ended.abort();
  }
}

/**
 * Not by the client's own way to pull, which does not tell what the engine says after it has begun: that a layer can't be
 * had, say. @param signal when it is aborted, the engine is left alone, and stops
 */
async function pull({ client }: Engine, name: string, platform: string | undefined, signal: AbortSignal) {
  const { dockerode } = client.container;
  const { registry = client.info.containerRuntime.indexServerAddress } = ImageName.fromString(name);
  const authconfig = await getAuthConfig(registry);
  const stream = await dockerode.pull(name, { authconfig, platform, abortSignal: signal });
  const said = await new Promise<readonly { readonly error?: string }[]>((resolve, reject) => {
    dockerode.modem.followProgress(stream, (error, output) => (error ? reject(error) : resolve(output)));
  });
  const failure = said.find(({ error }) => error !== undefined);
  if (failure !== undefined) throw new Error(failure.error);
}

const whereOf = ({ image, where }: Wanted): string =>
  typeof image === "string" ? `containers.images.${image}` : where;

const otherwise = ({ image }: Wanted): string =>
  typeof image === "string"
    ? `name another image in faultline.config.ts: containers: { images: { ${image}: "…" } }`
    : "build it first, where it is one of your own";

function notToBeHad(wanted: Wanted, name: string, why: string): Problem {
  const { registry = "Docker Hub" } = ImageName.fromString(name);
  return {
    code: "IMAGE_NOT_TO_BE_HAD",
    where: whereOf(wanted),
    message: `${name} could not be pulled from ${registry}: ${why}`,
    remedy: `Check the name and the way to ${registry} (\`docker pull ${name}\`), or ${otherwise(wanted)}.`,
  };
}

function wrongArchitecture(wanted: Wanted, name: string, is: string, needed: string): Problem {
  return {
    code: "WRONG_ARCHITECTURE",
    where: whereOf(wanted),
    message: `${name} is for ${is}, and ${needed} is needed`,
    remedy: `Name an image for ${needed}, or say which one is meant with containers: { platform: "linux/${is}" }, where the engine can emulate it.`,
  };
}
