import { chown, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import pg from "pg";
import { owner, postgresBinaries } from "./postgres-binaries.ts";
import { type Guard, Process, run } from "./process.ts";
import { eventually, freePort } from "./waiting.ts";

/** A real component on loopback. A restart keeps its port, and for Postgres its data. */
export interface Component {
  readonly url: string;
  readonly process: Process;
  kill(): Promise<void>;
  start(): Promise<void>;
  dispose(): Promise<void>;
}

/** Where a component lives, and who looks after it. */
export interface Place {
  /** A folder of its own: made with the component, and removed with it. */
  readonly folder: string;
  readonly log?: string;
  readonly guard?: Guard;
  /** Gives the start up. */
  readonly signal?: AbortSignal;
}

/** May forget whatever it likes. */
export const cacheSettings = "--maxmemory 64mb --maxmemory-policy allkeys-lru".split(" ");
/** May forget nothing, but for the last second before a crash. */
export const queueSettings = "--maxmemory-policy noeviction --appendonly yes --appendfsync everysec".split(" ");

/** An initialised cluster, from which any number of servers can be made: to copy it is quicker than to make another. */
export interface Cluster {
  readonly binaries: string;
  readonly data: string;
}

const superuser = "faultline";
const user = "shop";

export async function makeCluster({ folder, ...place }: Place): Promise<Cluster> {
  await makeFolder(folder);
  const binaries = await postgresBinaries(join(folder, "binaries"));
  const data = join(folder, "data");
  const options = ["-U", superuser, "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"];
  await run(join(binaries, "initdb"), ["-D", data, ...options], { ...place, ...owner, cwd: folder });
  return { binaries, data };
}

export interface PostgresOptions extends Place {
  readonly cluster: Cluster;
  readonly database?: string;
}

/** A server whose owner of the database logs in without a password. */
export async function startPostgres(options: PostgresOptions): Promise<Component> {
  const { folder, cluster, database = "shop", ...place } = options;
  await makeFolder(folder);
  const data = join(folder, "data");
  await run("cp", ["-R", cluster.data, data], { ...place, ...owner, cwd: folder });
  const port = await freePort();
  const urlOf = (name: string, path: string) => `postgres://${name}@127.0.0.1:${port}/${path}`;
  // What it holds is gone with the folder, so there is nothing to be gained from waiting for the disk.
  const args = ["-D", data, "-p", `${port}`, "-h", "127.0.0.1", "-k", "", "-c", "fsync=off"];
  const component = await componentOf(urlOf(user, database), {
    spawn: () => new Process(join(cluster.binaries, "postgres"), args, { ...place, ...owner, cwd: folder }),
    answers: () => withClient(urlOf(superuser, "postgres"), (client) => client.query("SELECT 1")),
    // SIGQUIT: at once and with all its backends, which a SIGKILL of the first process would leave behind.
    killSignal: "SIGQUIT",
    place: options,
  });
  await withClient(urlOf(superuser, "postgres"), async (client) => {
    await client.query(`CREATE ROLE ${user} LOGIN`);
    await client.query(`CREATE DATABASE ${database} OWNER ${user}`);
  }).catch(async (error) => {
    await component.dispose();
    throw error;
  });
  return component;
}

export interface RedisOptions extends Place {
  /** As on the command line of `redis-server`. */
  readonly settings?: readonly string[];
}

export async function startRedis({ settings = [], ...place }: RedisOptions): Promise<Component> {
  await mkdir(place.folder);
  const port = await freePort();
  const args = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", place.folder, ...settings];
  const url = `redis://127.0.0.1:${port}`;
  return componentOf(url, {
    spawn: () => new Process("redis-server", args, { ...place, cwd: place.folder }),
    answers: async () => {
      const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
      redis.on("error", () => undefined);
      try {
        await redis.connect();
        await redis.ping();
      } finally {
        redis.disconnect();
      }
    },
    killSignal: "SIGKILL",
    place,
  });
}

export async function withClient<T>(url: string, body: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000, query_timeout: 5000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await body(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder);
  if (owner.uid !== undefined) await chown(folder, owner.uid, owner.gid);
}

interface Recipe {
  readonly spawn: () => Process;
  readonly answers: () => Promise<unknown>;
  readonly killSignal: NodeJS.Signals;
  readonly place: Place;
}

async function componentOf(url: string, { spawn, answers, killSignal, place }: Recipe): Promise<Component> {
  let running = spawn();
  const untilItAnswers = async () => {
    const outcome = async () => {
      if (running.isRunning) await answers();
      return running.isRunning ? "it answers" : "it ended";
    };
    const patience = { what: `an answer from ${url}`, withinMs: 20_000, signal: place.signal };
    if ((await eventually(outcome, patience)) === "it ended") throw new Error(`${url}: ${running.ending}`);
  };
  const component: Component = {
    url,
    get process() {
      return running;
    },
    kill: async () => void (await running.stop(killSignal)),
    async start() {
      running = spawn();
      await untilItAnswers();
    },
    async dispose() {
      await running.stop(killSignal);
      await rm(place.folder, { recursive: true, force: true });
    },
  };
  try {
    await untilItAnswers();
  } catch (error) {
    await component.dispose();
    throw error;
  }
  return component;
}
