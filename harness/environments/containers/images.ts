import { ImageName } from "testcontainers";
import type { ImageRole } from "../../model/config.ts";
import { exits, FaultlineError, messageOf, type Problem } from "../../model/errors.ts";
import type { Engine } from "./engine.ts";
import type { ImageSettings } from "./settings.ts";

/**
 * Sees to it that the engine has every image, and that it can run them.
 * @throws FaultlineError (3) with every image that can't be had or run, and why
 */
export async function ensureImages(
  engine: Engine,
  settings: ImageSettings,
  roles: readonly ImageRole[],
): Promise<void> {
  const problems = await Promise.all(roles.map((role) => ensureImage(engine, settings, role)));
  const real = problems.filter((problem) => problem !== undefined);
  if (real.length > 0) throw new FaultlineError(exits.system, real);
}

async function ensureImage(engine: Engine, settings: ImageSettings, role: ImageRole): Promise<Problem | undefined> {
  const { pull, platform } = settings;
  const name = settings.images[role];
  const known = await inspect(engine, name);
  const isAsked = pull === "always" || (pull === "missing" && known === undefined);
  const failure = isAsked ? await pullImage(engine, name, platform) : undefined;
  const image = isAsked ? await inspect(engine, name) : known;
  if (image === undefined || (pull === "always" && failure !== undefined)) {
    return notToBeHad(role, name, failure ?? `the engine does not have it, and may not ask for it (pull: "${pull}")`);
  }
  const wanted = platform?.split("/")[1] ?? engine.architecture;
  return image.Architecture === wanted ? undefined : wrongArchitecture(role, name, image.Architecture, wanted);
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

/** @returns why it could not be pulled; what comes as a part of the answer the client does not tell, and is seen by what is there */
async function pullImage({ client }: Engine, name: string, platform: string | undefined): Promise<string | undefined> {
  try {
    await client.image.pull(ImageName.fromString(name), { force: true, platform });
    return undefined;
  } catch (error) {
    return messageOf(error).trim();
  }
}

function notToBeHad(role: ImageRole, name: string, why: string): Problem {
  const { registry = "Docker Hub" } = ImageName.fromString(name);
  return {
    code: "IMAGE_NOT_TO_BE_HAD",
    where: `containers.images.${role}`,
    message: `${name} could not be pulled from ${registry}: ${why}`,
    remedy: `Check the name and the way to ${registry} (\`docker pull ${name}\`), or name another image in faultline.config.ts: containers: { images: { ${role}: "…" } }.`,
  };
}

function wrongArchitecture(role: ImageRole, name: string, is: string, wanted: string): Problem {
  return {
    code: "WRONG_ARCHITECTURE",
    where: `containers.images.${role}`,
    message: `${name} is for ${is}, and ${wanted} is needed`,
    remedy: `Name an image for ${wanted}, or say which one is meant with containers: { platform: "linux/${is}" }, where the engine can emulate it.`,
  };
}
