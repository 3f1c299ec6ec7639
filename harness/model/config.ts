import type { Check } from "./check.ts";
import type { Mutant } from "./mutant.ts";

/** `faultline.config.ts`: what would otherwise be said with every command. A flag on the command line wins. */
export interface Config {
  /** The folder of the scenarios. Default `scenarios`. */
  readonly scenarios?: string;
  /** Where systems are started. Default `local`. */
  readonly environment?: string;
  /** The folder of the reports. Default `reports`. */
  readonly output?: string;
  /** The seed of runs that name none; without it each run draws its own. */
  readonly seed?: string;
  /** `junit`, `github`. Default: those that fit where the command runs. */
  readonly reporters?: readonly string[];
  /** Hosts elsewhere that are yours to break. */
  readonly allowTargets?: readonly string[];
  /** What every scenario must hold besides its own checks; one that states a check of this name itself keeps its own. */
  readonly budgets?: readonly Check[];
  /** How the environment `containers` gets its images. */
  readonly containers?: ContainerSettings;
  /** Bugs of the system that can be switched on, for `faultline prove`. */
  readonly mutants?: readonly Mutant[];
  /** The file of a scenario that must fail on the system as it is, so that a harness which can't fail any more is noticed. */
  readonly canary?: string;
  /** A prove.json that is kept with the code: what caught which mutant, and is tried first. Default: the latest. */
  readonly proven?: string;
}

/** Images, and how the engine gets them. */
export interface ContainerSettings {
  /** By what they are for; each has a default, which is the official image. */
  readonly images?: Readonly<Partial<Record<ImageRole, string>>>;
  /** When an engine asks a registry: for images that it lacks, each time, never. Default `missing`. */
  readonly pull?: PullPolicy;
  /** As `linux/amd64`, where images have several. Default: the engine's own. */
  readonly platform?: string;
}

/** What images are for: the kinds of components, and the proxies between them. */
export const imageRoles = ["opensearch", "postgres", "redis", "service", "toxiproxy"] as const;
export type ImageRole = (typeof imageRoles)[number];
export const pullPolicies = ["missing", "always", "never"] as const;
export type PullPolicy = (typeof pullPolicies)[number];

/** States the configuration of a project, for the types' sake. */
export function defineConfig(config: Config): Config {
  return config;
}
