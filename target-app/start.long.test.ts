import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startedAt } from "./embedded/process-table.ts";
import { eventually, freePort, Process } from "./testing/processes.ts";

const execute = promisify(execFile);
const program = fileURLToPath(new URL("start.ts", import.meta.url));
const patience = { withinMs: 60_000 };

let temporary: string;
let starts: Process[];

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "shop-start-"));
  chmodSync(temporary, 0o711); // Postgres, as another user, must get through.
  starts = [];
});
afterEach(async () => {
  await Promise.all(starts.map((start) => start.stop("SIGINT")));
  rmSync(temporary, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

function start(environment: Record<string, string> = {}): Process {
  const env = { PATH: process.env["PATH"], TMPDIR: temporary, PORT: "0", ...environment };
  const child = new Process(process.execPath, [program], { env });
  starts.push(child);
  return child;
}

async function untilOpen(shop: Process): Promise<void> {
  await eventually(() => !shop.isRunning || shop.output.includes("Ctrl-C"), patience);
  expect(shop.output).toContain("Ctrl-C");
}

/** All processes below this one, by their numbers, with when they were started. */
async function family(): Promise<ReadonlyMap<number, string>> {
  const { stdout } = await execute("ps", ["-A", "-o", "pid=,ppid="]);
  const rows = stdout
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
  const found = new Map<number, string>();
  const visit = (parent: number): void => {
    for (const [pid] of rows.filter(([, ppid]) => ppid === parent)) {
      const start = startedAt(pid);
      if (start !== undefined) found.set(pid, start);
      visit(pid);
    }
  };
  visit(process.pid);
  return found;
}

async function nothingIsLeftOf(processes: ReadonlyMap<number, string>): Promise<void> {
  const left = () => [...processes].filter(([pid, start]) => startedAt(pid) === start).map(([pid]) => pid);
  await eventually(() => left().length === 0 && readdirSync(temporary).length === 0, {
    ...patience,
    what: "the end of all processes and folders",
  }).catch((error) => {
    expect({ processes: left(), folders: readdirSync(temporary) }).toEqual({ processes: [], folders: [] });
    throw error;
  });
}

/** A free port, and somebody who has the next one: which that is, is up to whoever else is on the machine. */
async function portWithNeighbour(): Promise<{ port: number; neighbour: Server }> {
  return eventually(async () => {
    const port = await freePort();
    const neighbour = createServer().listen(port + 1, "127.0.0.1");
    await once(neighbour, "listening");
    return { port, neighbour };
  });
}

it("starts, answers what it says to try, and at Ctrl-C leaves nothing, however often that is pressed", async () => {
  const { port, neighbour } = await portWithNeighbour();
  const shop = start({ PORT: `${port}` });
  try {
    await untilOpen(shop);
  } finally {
    neighbour.close();
  }
  expect(shop.output).toContain(`api-1      http://127.0.0.1:${port}\n`);
  expect(shop.output).toMatch(/api-2 {6}http:\/\/127\.0\.0\.1:\d+\n/);
  expect(shop.output).not.toContain("\u001b[");

  const commands = shop.output.split("\n").filter((line) => line.startsWith("curl "));
  const answers = await Promise.all(commands.map((command) => execute("sh", ["-c", command])));
  const [read = "", search = "", order = ""] = answers.map(({ stdout }) => stdout);
  expect(read).toMatch(/^HTTP\/1.1 200 .*"name":"Copper Kettle"/s);
  expect(search).toMatch(/^HTTP\/1.1 200 .*"name":"Copper Kettle"/s);
  expect(order).toMatch(/^HTTP\/1.1 202 .*"orderId":/s);

  const processes = await family();
  // start.ts, its guardian, four of the app, four stores, and at the least five backends of each Postgres.
  expect(processes.size).toBeGreaterThan(20);
  shop.signal("SIGINT");
  await eventually(() => shop.output.includes("Stopping"));
  shop.signal("SIGINT");
  expect(await shop.exit()).toBe(0);
  expect(shop.output).toMatch(/nothing is left behind\.\n$/);
  await nothingIsLeftOf(processes);
});

it("leaves nothing when it is killed, which gives it no chance to clean up", async () => {
  const shop = start();
  await untilOpen(shop);
  const processes = await family();
  shop.signal("SIGKILL");
  await nothingIsLeftOf(processes);
});

it.each(["initdb", "search", "migrate", "api-1"])("leaves nothing when it is killed while %s starts", async (name) => {
  const shop = start();
  await eventually(() => readdirSync(temporary).some((each) => existsSync(join(temporary, each, `${name}.log`))));
  const processes = await family();
  shop.signal("SIGKILL");
  await nothingIsLeftOf(processes);
});

it("leaves nothing when it is told to stop while it starts", async () => {
  const shop = start();
  await eventually(() => readdirSync(temporary).some((each) => existsSync(join(temporary, each, "postgres.log"))));
  const processes = await family();
  shop.signal("SIGTERM");
  expect(await shop.exit()).toBe(0);
  await nothingIsLeftOf(processes);
});

it("says which part ended by itself and why, stops the others and keeps the logs", async () => {
  const shop = start();
  await untilOpen(shop);
  const processes = await family();
  const { stdout } = await execute("ps", ["-A", "-o", "pid=,args="]);
  const worker = stdout.split("\n").find((row) => row.includes("worker.ts") && processes.has(Number.parseInt(row, 10)));
  process.kill(Number.parseInt(worker ?? "", 10), "SIGKILL");
  expect(await shop.exit()).toBe(1);
  const [, log = ""] = shop.output.match(/^worker-[12] ended by itself: SIGKILL; its log is (.*)$/m) ?? [];
  expect(readFileSync(log, "utf8")).toContain('"instance":"worker-');
  rmSync(join(log, ".."), { recursive: true });
  await nothingIsLeftOf(processes);
});

it("says which part does not start, and why", async () => {
  const shop = start({ PATH: "/nowhere" });
  expect(await shop.exit()).toBe(1);
  expect(shop.output).toMatch(/exit 127; its log is /);
});

it.each([
  { settings: { MUTANT: "nonsense" }, says: /MUTANT has the unknown name "nonsense".*lost-del/ },
  { settings: { PORT: "none" }, says: /PORT must be/ },
])("refuses $settings at once", async ({ settings, says }) => {
  const shop = start(settings);
  expect(await shop.exit()).toBe(78);
  expect(shop.output).toMatch(says);
  expect(readdirSync(temporary)).toEqual([]);
});

it("says that the port is taken, and how to choose another one", async () => {
  const occupant = createServer().listen(0, "127.0.0.1");
  await once(occupant, "listening");
  const port = (occupant.address() as { port: number }).port;
  try {
    const shop = start({ PORT: `${port}` });
    expect(await shop.exit()).toBe(1);
    expect(shop.output).toMatch(new RegExp(`^Port ${port} is taken\\. .*PORT=\\d+ npm run target-app$`, "m"));
    expect(readdirSync(temporary)).toEqual([]);
  } finally {
    occupant.close();
  }
});
