import { type AttachedSettings, attached } from "../../../model/attached.ts";
import type { RunningSystem } from "../../../model/environment.ts";
import { postgres, redis, type System, service, system } from "../../../model/system.ts";
import { Stand } from "../../testing/stand.ts";

const program = "require('node:http').createServer((_, r) => r.end('hello')).listen(process.env.PORT, '127.0.0.1')";
const theirSystem = system({
  name: "theirs",
  entry: "web",
  components: {
    db: postgres({ database: "shop", user: "shop" }),
    cache: redis(),
    web: service({
      command: ["node", "-e", program],
      readyPath: "/",
      links: { CACHE: { to: "cache", as: "{host}:{port}" }, DB: { to: "db", as: "{host}:{port}" } },
    }),
  },
});

/** What is to be told otherwise of a component, or of the link from `web` to `cache`. */
export type Changes = Partial<Record<"db" | "cache" | "web", object>> & { proxy?: object };

/** A system that somebody else runs; here it is the environment `local` that does. */
export class Theirs {
  readonly system: RunningSystem;
  readonly #stand: Stand;
  readonly #pids: ReadonlyMap<string, number>;

  static async start(): Promise<Theirs> {
    const stand = await Stand.open("local");
    const running = await stand.start(theirSystem);
    const pids = Object.keys(theirSystem.components).map(async (name) => {
      const { pid } = await running.control("process", name)[0]!.state();
      return [name, pid] as const;
    });
    return new Theirs(stand, running, new Map(await Promise.all(pids)));
  }

  private constructor(stand: Stand, running: RunningSystem, pids: ReadonlyMap<string, number>) {
    this.#stand = stand;
    this.system = running;
    this.#pids = pids;
  }

  at(name: string): string {
    return `127.0.0.1:${this.system.direct[name]?.port}`;
  }

  pidOf(name: string): number {
    return this.#pids.get(name)!;
  }

  /** The same system, as somebody would tell of it who attaches to it. */
  told({ db, cache, web, proxy }: Changes = {}): System {
    const { admin } = this.system.control("network", "web->cache")[0]!.undoToxic("none") as { admin: string };
    const toxiproxy = admin.replace("http://", "");
    const link = (to: "cache" | "db") => ({ to, toxiproxy, proxy: `web.${to}` });
    const own = (name: string) => ({ at: this.at(name), pid: this.pidOf(name) });
    const shop = { database: "shop", user: "shop", admin: { user: "faultline" } };
    return system({
      name: "ours",
      entry: "web",
      components: {
        db: attached({ kind: "postgres", ...own("db"), ...shop, ...db } as AttachedSettings),
        cache: attached({ kind: "redis", ...own("cache"), ...cache } as AttachedSettings),
        web: attached({
          ...({ kind: "http", ...own("web"), readyPath: "/", ...web } as AttachedSettings),
          links: { CACHE: { ...link("cache"), ...proxy }, DB: link("db") },
        }),
      },
    });
  }

  async stop(): Promise<void> {
    await this.#stand.close();
  }
}
