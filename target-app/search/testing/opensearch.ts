import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { access, cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../embedded/process.ts";
import type { Component } from "../../testing/components.ts";
import { eventually, freePort, Process } from "../../testing/processes.ts";

// A real OpenSearch node, from its jars as Maven has them: there is a Java for it on many machines, and no image needed.

const version = "2.19.6";
const sources = join(import.meta.dirname, "opensearch");
const leastJava = 17;

/** Why there can be none on this machine; nothing if there can. */
export function openSearchHindrance(): string | undefined {
  for (const program of ["java", "javac", "jar", "mvn"]) {
    if (!answers(program)) return `there is no ${program} on the PATH`;
  }
  const major = Number(/version "(\d+)/.exec(output("java", ["-version"]))?.[1] ?? 0);
  return major < leastJava ? `it needs Java ${leastJava}, and this is ${major}` : undefined;
}

function answers(program: string): boolean {
  try {
    output(program, [program === "java" ? "-version" : "--version"]);
    return true;
  } catch {
    return false;
  }
}

/** Java tells its version as if it were an error. */
function output(program: string, args: readonly string[]): string {
  return execFileSync("sh", ["-c", 'exec "$0" "$@" 2>&1', program, ...args], { encoding: "utf8", timeout: 20_000 });
}

export async function startOpenSearch(): Promise<Component> {
  const jars = await jarsOf();
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
  const log = ["-Dlog4j2.disable.jmx=true", `-Dlog4j2.configurationFile=${join(sources, "log4j2.properties")}`];
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

/** The folder of the jars: got and compiled once for each user, and whole as soon as it is there. */
async function jarsOf(): Promise<string> {
  const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "faultline");
  const jars = join(cache, `opensearch-${version}`);
  if (await isThere(join(jars, "search-node.jar"))) return jars;
  const building = join(cache, `.opensearch-${randomUUID()}`);
  try {
    await mkdir(building, { recursive: true });
    await build(building);
    // Another one may have been faster; its folder is as good.
    await rename(join(building, "jars"), jars).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return jars;
}

async function build(folder: string): Promise<void> {
  await cp(sources, folder, { recursive: true });
  const jars = join(folder, "jars");
  const signal = AbortSignal.timeout(300_000);
  const options = { cwd: folder, signal };
  const goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${jars}`];
  await run("mvn", ["-B", "-q", ...goal], options);
  await run("javac", ["-proc:none", "-cp", `${jars}/*`, "-d", "classes", "SearchNode.java"], options);
  await run("jar", ["--create", "--file", join(jars, "search-node.jar"), "-C", "classes", "."], options);
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
