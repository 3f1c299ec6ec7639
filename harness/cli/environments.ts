import { attachEnvironment, attachFacts } from "../environments/attach/attach.ts";
import { containersFacts } from "../environments/containers/facts.ts";
import { localEnvironment, localFacts } from "../environments/local/local.ts";
import type { ContainerSettings } from "../model/config.ts";
import type { Environment } from "../model/environment.ts";
import { usageError } from "../model/errors.ts";
import type { System } from "../model/system.ts";
import { systemIn } from "../plan/per-environment.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import { locateLocalTools, locateToxiproxy } from "./local-tools.ts";

interface EnvironmentEntry {
  readonly facts: Pick<Environment, "name" | "capabilities" | "lacks" | "kinds" | "attaches" | "problems">;
  /** @throws FaultlineError (3) when what it needs is not on this machine */
  open(options?: EnvironmentOptions): Promise<Environment>;
}

/** What the project's configuration says of environments. */
interface EnvironmentOptions {
  readonly containers?: ContainerSettings;
}

/** Every environment; a new one is one folder and one line here. */
const environments: readonly EnvironmentEntry[] = [
  { facts: localFacts, open: async () => localEnvironment(await locateLocalTools()) },
  {
    facts: containersFacts,
    // Its client is some megabytes of JavaScript, which nobody else need wait for.
    async open({ containers } = {}) {
      const { containersEnvironment } = await import("../environments/containers/containers.ts");
      return containersEnvironment(containers);
    },
  },
  { facts: attachFacts, open: async () => attachEnvironment(await locateToxiproxy()) },
];

const environmentNames: readonly string[] = environments.map(({ facts }) => facts.name);

/** A system as it is in the environment of that name. @throws FaultlineError UNKNOWN_ENVIRONMENT (64) */
export const inEnvironment = <S extends System>(system: S, name: string, where?: string): S =>
  systemIn(system, name, environmentNames, where);

/** @throws FaultlineError (64) for a name that is none */
export function environmentNamed(name: string): EnvironmentEntry {
  const entry = environments.find(({ facts }) => facts.name === name);
  if (entry !== undefined) return entry;
  throw usageError({
    code: "UNKNOWN_ENVIRONMENT",
    where: "--env",
    message: `there is no environment "${name}"`,
    remedy: didYouMean(name, environmentNames),
  });
}
