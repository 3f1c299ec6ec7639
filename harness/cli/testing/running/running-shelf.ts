import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { ProxyServer } from "../../../network/proxy-server.ts";
import { reservePorts } from "../../../safety/ports.ts";
import { identify, listProcesses } from "../../../safety/processes.ts";
import { locateLocalTools } from "../../local-tools.ts";

const server = fileURLToPath(new URL("../shelf/server.ts", import.meta.url));
const host = "127.0.0.1";

/** Where everything is: what the scenarios beside this file are told in `RUNNING`. */
export interface Places {
  readonly store: { readonly at: string; readonly pid: number };
  readonly web: { readonly at: string; readonly pid: number };
  readonly toxiproxy: string;
}

/** A web server over a Redis and through a Toxiproxy, started as anybody would, and by nothing of Faultline's. */
export class RunningShelf {
  readonly places: Places;
  readonly proxies: ProxyServer;
  readonly #children: readonly ChildProcess[];

  static async start(variables: Readonly<Record<string, string>> = {}): Promise<RunningShelf> {
    const ports = reservePorts();
    const [store, web, admin, proxy] = [await ports.take(), await ports.take(), await ports.take(), await ports.take()];
    const { redisServer, toxiproxyServer } = await locateLocalTools();
    const run = (command: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): ChildProcess =>
      spawn(command, args, { stdio: "ignore", env: { PATH: process.env["PATH"] ?? "", ...more } });
    const redis = run(redisServer, ["--port", `${store}`, "--bind", host, "--save", "", "--dir", "/tmp"]);
    const toxiproxy = run(toxiproxyServer, ["-host", host, "-port", `${admin}`]);
    const proxies = new ProxyServer({ host, port: admin });
    await vi.waitFor(() => proxies.version(), 20_000);
    await proxies.open("shelf-store", { host, port: proxy }, { host, port: store });
    const told = { PORT: `${web}`, STORE_URL: `redis://${host}:${proxy}`, ...variables };
    const shelf = run(process.execPath, [server], told);
    await vi.waitFor(async () => expect200(await fetch(`http://${host}:${web}/ready`)), 20_000);
    ports.releaseAll();
    const places = {
      store: { at: `${host}:${store}`, pid: redis.pid ?? 0 },
      web: { at: `${host}:${web}`, pid: shelf.pid ?? 0 },
      toxiproxy: `${host}:${admin}`,
    };
    return new RunningShelf(places, proxies, [redis, toxiproxy, shelf]);
  }

  private constructor(places: Places, proxies: ProxyServer, children: readonly ChildProcess[]) {
    this.places = places;
    this.proxies = proxies;
    this.#children = children;
  }

  /** The same processes as ever, each of which runs; the proxy is open and has no toxic; the server answers. */
  async isUnharmed(): Promise<boolean> {
    const pids = this.#children.map(({ pid }) => pid ?? 0);
    const rows = listProcesses().filter(({ pid, state }) => pids.includes(pid) && state === "running");
    if (rows.length !== pids.length || !(await this.proxies.isEnabled("shelf-store"))) return false;
    if ((await this.proxies.toxics("shelf-store")).length > 0) return false;
    const reply = await fetch(`http://${this.places.web.at}/boxes/1`, {
      method: "PUT",
      body: "unharmed",
      signal: AbortSignal.timeout(2000),
    });
    return reply.status === 200;
  }

  async end(): Promise<void> {
    for (const child of this.#children) {
      if (child.pid === undefined || identify(child.pid) === undefined) continue;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
}

function expect200({ status }: Response): void {
  if (status !== 200) throw new Error(`answered ${status}`);
}
