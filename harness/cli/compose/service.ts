import type { Text } from "./interpolate.ts";

/** A variable of a service's environment. */
export interface Variable {
  readonly text: Text;
  /** It stands in an `env_file`, all of which the service is given. */
  readonly isFromFile: boolean;
}

/** A service of a compose file, as far as it matters for a system under test. */
export interface ComposeService {
  readonly name: string;
  /** By which others find it: its name, its container's, its aliases. */
  readonly hosts: readonly string[];
  /** Absent where there is only a `build`. */
  readonly image?: Text;
  /** Its image is made of sources. */
  readonly isBuilt: boolean;
  readonly command?: readonly Text[];
  readonly environment: ReadonlyMap<string, Variable>;
  /** Paths of its `env_file`s, relative to the compose file. */
  readonly envFiles: readonly string[];
  /** Ports inside the container that the host has, and those that only others have. */
  readonly published: readonly number[];
  readonly exposed: readonly number[];
  readonly dependsOn: readonly string[];
  /** Those that must have run to their end before it starts. */
  readonly completed: readonly string[];
  /** Where its health check asks over HTTP. */
  readonly health?: { readonly port?: number; readonly path: string };
  /** As the file says, from 0. */
  readonly instances: number;
  /** What it has besides, that a component can't be told. */
  readonly dropped: readonly string[];
}

/** What was read of a whole file. */
export interface Composed {
  /** What compose calls the project. */
  readonly project: string;
  readonly services: readonly ComposeService[];
  /** Services that only some profiles have. */
  readonly leftOut: readonly { readonly name: string; readonly profiles: readonly string[] }[];
  /** Variables that are not set, and have no default. */
  readonly unset: readonly string[];
  /** A file beside it that `docker compose up` adds, and that was not read. */
  readonly override: string | undefined;
  /** Whether the values may come from a file `.env`. */
  readonly hasDotEnv: boolean;
}
