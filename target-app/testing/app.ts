import { fileURLToPath } from "node:url";
import { demoKeys } from "../access/demo-keys.ts";
import { migrate } from "../migrate.ts";
import { type Component, startPostgres, startRedis } from "./components.ts";
import { eventually, freePort, Process } from "./processes.ts";

const folder = fileURLToPath(new URL("../", import.meta.url));

/** Settings with which the cache has time to answer on a busy machine, too: for who looks at what it serves. */
export const patientWithCache = { CACHE_DEADLINE_MS: "500" };

/** One process of the app, and how to talk to it. */
export interface App {
  readonly process: Process;
  readonly url: string;
  /** With the key of acme's keeper, unless the headers have another one. */
  request(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<Reply>;
  untilReady(): Promise<void>;
}

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what tests look for in answers, they say by their expectations.
  readonly body: any;
  readonly headers: Headers;
  readonly tookMs: number;
}

/** The components of the system, by the names that it has for them. */
export interface Components {
  readonly postgres: Component;
  readonly search: Component;
  readonly cache: Component;
  readonly queue: Component;
}

/** The components, the schema, and processes of the app on them; all of it ends with `dispose`. */
export class TestSystem implements Components {
  readonly postgres: Component;
  readonly search: Component;
  readonly cache: Component;
  readonly queue: Component;
  readonly #apps = new Set<App>();

  private constructor({ postgres, search, cache, queue }: Components) {
    this.postgres = postgres;
    this.search = search;
    this.cache = cache;
    this.queue = queue;
  }

  static async start(): Promise<TestSystem> {
    const [postgres, search, cache, queue] = await Promise.all([
      startPostgres(),
      startPostgres(),
      startRedis(),
      startRedis("--maxmemory-policy", "noeviction"),
    ]);
    await migrate({ databaseUrl: postgres.url, searchUrl: search.url });
    return new TestSystem({ postgres, search, cache, queue });
  }

  async launch(kind: "api" | "worker", settings: Record<string, string> = {}): Promise<App> {
    const app = await launch(kind, {
      DATABASE_URL: this.postgres.url,
      SEARCH_URL: this.search.url,
      CACHE_URL: this.cache.url,
      QUEUE_URL: this.queue.url,
      ...settings,
    });
    this.#apps.add(app);
    return app;
  }

  async stopApps(): Promise<void> {
    await Promise.all([...this.#apps].map(({ process }) => process.stop("SIGKILL")));
    this.#apps.clear();
  }

  async dispose(): Promise<void> {
    await this.stopApps();
    await Promise.all([this.postgres, this.search, this.cache, this.queue].map((component) => component.dispose()));
  }
}

/** Starts a process of the app and waits until it is live; ready is another question. */
export async function launch(kind: "api" | "worker", settings: Record<string, string>): Promise<App> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = new Process(process.execPath, [`${folder}${kind}.ts`], {
    env: { PATH: process.env["PATH"], PORT: `${port}`, LOG_LEVEL: "info", ...settings },
  });
  const request = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
    send(url, method, path, body, headers);
  const answers = (path: string) => async () => {
    if (!child.isRunning) throw new Error(`the ${kind} ended: ${child.output}`);
    const { status, body } = await request("GET", path);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return true;
  };
  try {
    await eventually(answers("/livez"), { withinMs: 60_000, what: `a live ${kind}` });
  } catch (error) {
    await child.stop("SIGKILL");
    throw error;
  }
  return {
    process: child,
    url,
    request,
    untilReady: async () => void (await eventually(answers("/readyz"), { withinMs: 60_000, what: `a ready ${kind}` })),
  };
}

async function send(
  url: string,
  method: string,
  path: string,
  body: object | undefined,
  headers: Record<string, string>,
): Promise<Reply> {
  const startedAt = performance.now();
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${demoKeys.acme.keeper}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(3000),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  const answer: unknown = isJson ? JSON.parse(text) : text;
  return { status: response.status, body: answer, headers: response.headers, tookMs: performance.now() - startedAt };
}
