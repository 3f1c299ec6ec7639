import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSearchJars, whyNoOpenSearch } from "../../../harness/setup/engine/opensearch.mjs";
import type { Component } from "../../testing/components.ts";
import { eventually, freePort, Process } from "../../testing/processes.ts";

// A real OpenSearch node, from its jars as Maven has them: there is a Java for it on many machines, and no image needed.

const leastJava = 17;

/** Why there can be none on this machine; nothing if there can. */
export function openSearchHindrance(): string | undefined {
  const hindrance = whyNoOpenSearch();
  if (hindrance !== undefined) return hindrance;
  const major = Number(/version "(\d+)/.exec(output("java", ["-version"]))?.[1] ?? 0);
  return major < leastJava ? `it needs Java ${leastJava}, and this is ${major}` : undefined;
}

/** Java tells its version as if it were an error. */
function output(program: string, args: readonly string[]): string {
  return execFileSync("sh", ["-c", 'exec "$0" "$@" 2>&1', program, ...args], { encoding: "utf8", timeout: 20_000 });
}

export async function startOpenSearch(): Promise<Component> {
  const jars = await openSearchJars(AbortSignal.timeout(300_000));
  const folder = await mkdtemp(join(tmpdir(), "shop-opensearch-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const spawn = () => new Process("java", argumentsOf({ jars, folder, port }), { cwd: folder });
  let running = spawn();
  const untilItAnswers = () =>
    eventually(
      async () => {
        if (!running.isRunning) throw new Error(`it ended: ${running.output}`);
        const health = await fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=2s`, {
          signal: AbortSignal.timeout(5000),
        });
        return health.status === 200 || undefined;
      },
      { what: `an answer from ${url}`, withinMs: 90_000 },
    );
  const component: Component = {
    url,
    get process() {
      return running;
    },
    kill: async () => void (await running.stop("SIGKILL")),
    async start() {
      running = spawn();
      await untilItAnswers();
    },
    async dispose() {
      await running.stop("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
  await untilItAnswers().catch(async (error) => {
    await component.dispose();
    throw error;
  });
  return component;
}

/** Little memory, a short start, and one node that is a cluster by itself. */
function argumentsOf({ jars, folder, port }: { jars: string; folder: string; port: number }): readonly string[] {
  const virtualMachine = ["-Xms384m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
  const log = ["-Dlog4j2.disable.jmx=true", `-Dlog4j2.configurationFile=${join(jars, "log4j2.properties")}`];
  const settings = {
    "cluster.name": "shop",
    "node.name": "search",
    "path.home": folder,
    "discovery.type": "single-node",
    "network.host": "127.0.0.1",
    "http.port": port,
    "transport.port": 0,
    "transport.type": "netty4",
    "http.type": "netty4",
    // An index that nobody prepared would have no mapping.
    "action.auto_create_index": false,
    "cluster.routing.allocation.disk.threshold_enabled": false,
  };
  const pairs = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return [...virtualMachine, ...log, "-cp", `${jars}/*`, "SearchNode", ...pairs];
}
