import type { InstanceFacts } from "./component-kind.ts";

/** The programs that the environment `local` starts, and where they were found. */
export interface LocalTools {
  /** The folder of `postgres` and `initdb`, readable for `unprivileged`. */
  readonly postgresFolder: string;
  readonly redisServer: string;
  readonly toxiproxyServer: string;
  /** Program → version. */
  readonly versions: Readonly<Record<string, string>>;
  /** A folder that outlives runs, for the template of an empty database. */
  readonly cache: string;
  /** Whom servers run as that refuse to run as root; absent when we are not root. */
  readonly unprivileged?: { readonly uid: number; readonly gid: number };
}

/** One instance of a component, as its driver sees it. */
export interface InstanceContext extends InstanceFacts {
  /** Whose clock can be set, and by which file; absent when that is not needed. */
  readonly clock?: { readonly library: string; readonly offsets: string };
  /** A folder of its own. */
  readonly folder: string;
  readonly tools: LocalTools;
}

/** How to start a process. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly runAs?: { readonly uid: number; readonly gid: number };
}

/** How a process is asked to end, and how long it may take before it is killed. */
export interface StopPolicy {
  readonly signal: NodeJS.Signals;
  readonly graceMs: number;
}

/** How components of one kind are started as local processes. */
export interface LocalDriver {
  readonly kind: string;
  /** How it is asked to end at the end of a run, and how long it may take before it is killed. */
  readonly farewell: StopPolicy;
  /** Run once before the first instance of a component starts; to its end. */
  before?(context: InstanceContext): Launch | undefined;
  /** Makes its folder ready and says how to start it. Called before each start, so it must repeat well. */
  prepare(context: InstanceContext): Promise<Launch>;
}
