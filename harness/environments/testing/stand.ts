import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentNamed } from "../../cli/environments.ts";
import type { Environment, EnvironmentContext, RunningSystem } from "../../model/environment.ts";
import type { RunEvent } from "../../model/events.ts";
import { postgres, redis, type System, service, system } from "../../model/system.ts";
import { openJournal } from "../../safety/journal.ts";
import { makeScratch, removeScratch } from "../../safety/leftovers.ts";
import { type Frozen, type World, worlds } from "./worlds.ts";

/** An environment under test, with folders of its own and an ear for what it tells. */
export class Stand {
  readonly folder = mkdtempSync(join(tmpdir(), "conformance-"));
  readonly stop = new AbortController();
  readonly #environment: Environment;
  readonly #world: World;
  readonly #events: RunEvent[] = [];
  #started: RunningSystem | undefined;
  #made = { mark: "none", scratch: join(this.folder, "none") };

  static async open(name: string): Promise<Stand> {
    return new Stand(await environmentNamed(name).open(), worlds[name as keyof typeof worlds]);
  }

  private constructor(environment: Environment, world: World) {
    this.#world = world;
    this.#environment = environment;
  }

  async start(definition: System, more: Pick<EnvironmentContext, "needs"> = {}): Promise<RunningSystem> {
    const logs = join(this.folder, "logs");
    mkdirSync(logs, { recursive: true });
    const journal = join(this.folder, "undo.jsonl");
    const began = performance.now();
    this.#made = makeScratch("conformance", journal);
    this.#started = await this.#environment.start(definition, {
      ...this.#made,
      logs,
      journal: openJournal(journal),
      now: () => performance.now() - began,
      emit: (event) => this.#events.push(event),
      signal: this.stop.signal,
      ...more,
    });
    return this.#started;
  }

  /** How much of the system there is, by its mark. */
  left(): Promise<number> {
    return this.#world.left(this.#made.mark);
  }

  /** Stops the proxy server without a word to anybody. */
  freezeProxies(): Promise<Frozen> {
    return this.#world.freezeProxies(this.#made.mark);
  }

  told<T extends RunEvent["type"]>(type: T) {
    return this.#events.filter((one): one is Extract<RunEvent, { type: T }> => one.type === type);
  }

  async close(): Promise<void> {
    await this.#started?.stop();
    removeScratch(this.#made.scratch);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const program = `
  const { createServer } = require("node:http");
  let status = 200;
  createServer((request, reply) => {
    if (request.url === "/unready") status = 503;
    reply.writeHead(status).end(JSON.stringify(process.env));
  })
    .listen(process.env.PORT, process.env.HOST ?? "127.0.0.1", () => console.log("listening"));
`;

/** A database, a cache, and two instances of a program that tells its environment. */
export function shop(changes: { command?: string[]; prepare?: string[] } = {}): System {
  return system({
    name: "shop",
    entry: "api",
    components: {
      db: postgres({ database: "shop", user: "shop" }),
      cache: redis(),
      api: service({
        command: ["node", "-e", program],
        prepare: ["node", "-e", "console.log('prepared once')"],
        readyPath: "/",
        instances: 2,
        links: {
          DATABASE_URL: { to: "db", as: "postgres://shop@{host}:{port}/shop" },
          CACHE_URL: { to: "cache", as: "redis://{host}:{port}" },
        },
        ...changes,
      }),
    },
  });
}
