import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import type { GeneratorReport } from "../../model/check.ts";
import type { Address } from "../../model/environment.ts";
import { type OperationRecord, outcomes } from "../../model/history.ts";
import type { Arrivals } from "../../model/plan.ts";
import { milliseconds } from "../../model/units.ts";
import type { HttpOperation, HttpReply, HttpRequest, Judgement, Operation, Workload } from "../../model/workload.ts";
import type { HistorySink } from "../ledger.ts";
import type { LoadOptions } from "../options.ts";
import { runLoad } from "../run-load.ts";

/** Milliseconds on the monotonic clock of the machine, which is the same in all its processes. */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6;

/** A history in memory. */
export class MemorySink implements HistorySink {
  readonly records: OperationRecord[] = [];
  readonly errors: string[] = [""];
  flushes = 0;
  /** Records that would be lost if the process were killed now. */
  unflushed = 0;

  append(record: OperationRecord): void {
    this.records.push(record);
    this.unflushed += 1;
  }
  errorIndex(text: string): number {
    const known = this.errors.indexOf(text);
    return known < 0 ? this.errors.push(text) - 1 : known;
  }
  flush(): void {
    this.flushes += 1;
    this.unflushed = 0;
  }
  /** Outcome and error text of one operation. */
  endOf(id: number): string {
    const record = this.records.find((one) => one.id === id);
    return record === undefined ? "no record" : `${outcomes[record.outcome]} ${this.errors[record.error]}`.trim();
  }
  outcomesSeen(): string[] {
    return [...new Set(this.records.map(({ outcome }) => outcomes[outcome]!))].sort();
  }
}

/** An operation that asks for a path and takes every 200 for ok. */
export function operation(path: string, changes: Partial<HttpOperation> = {}): HttpOperation {
  return {
    weight: 1,
    effect: "none",
    deadline: milliseconds(20_000),
    request: (): HttpRequest => ({ method: "GET", path }),
    judge: ({ status }: HttpReply): Judgement => ({ outcome: status === 200 ? "ok" : "rejected" }),
    ...changes,
  };
}

/** One arrival of each listed operation, by index, `gapMs` apart; sessions count up. */
export function arrivalsOf(operations: readonly number[], gapMs: number): Arrivals {
  return {
    count: operations.length,
    dueMs: Float64Array.from(operations, (_, id) => id * gapMs),
    operation: Uint8Array.from(operations),
    key: Uint32Array.from(operations, (_, id) => id % 7),
    session: Uint16Array.from(operations, (_, id) => id % 4),
    phase: Uint8Array.from(operations, () => 1),
  };
}

/** As many arrivals of the first operation, `gapMs` apart. */
export const many = (count: number, gapMs: number): Arrivals =>
  arrivalsOf(
    Array.from({ length: count }, () => 0),
    gapMs,
  );

/** What a test says of its load; the rest has defaults. */
export interface Trial extends Partial<Omit<LoadOptions, "workloads" | "targets">> {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly targets: readonly Address[];
  readonly perSecond?: number;
}

/** Runs a load into memory. @returns what was recorded, and the report or what was thrown */
export async function tried(trial: Trial): Promise<{ sink: MemorySink; report: GeneratorReport; startMs: number }> {
  const sink = new MemorySink();
  const { operations, perSecond = 500, ...options } = trial;
  const workload: Workload = { name: "trial", perSecond, keys: 7, sessions: 4, operations };
  const startMs = options.startMs ?? now() + 5;
  const arrivals =
    options.arrivals ??
    arrivalsOf(
      Object.keys(operations).map((_, index) => index),
      5,
    );
  const defaults = { arrivals, runToken: "t", now, writer: sink, signal: new AbortController().signal };
  const report = await runLoad({ ...defaults, ...options, startMs, workloads: [workload] });
  return { sink, report, startMs };
}

/** A server in this process, closed by `Symbol.asyncDispose`. */
export async function serving(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<AsyncDisposable & { readonly address: Address; connections(): number }> {
  const server = createServer(handle);
  let connections = 0;
  server.on("connection", (socket) => {
    connections += 1;
    socket.on("close", () => {
      connections -= 1;
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("the test server has no port");
  return {
    address: { host: "127.0.0.1", port: bound.port },
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** What the server of `server-process.ts` saw, by the ids of the operations; ms on the machine's monotonic clock. */
export interface Journal {
  readonly arrivedMs: Readonly<Record<string, number>>;
  readonly answeredMs: Readonly<Record<string, number>>;
  readonly frozen: readonly (readonly [number, number])[];
}

/** The server of `server-process.ts`, killed by `Symbol.asyncDispose`. */
export interface ServerApart extends AsyncDisposable {
  readonly address: Address;
  readonly child: ChildProcess;
  /** The answer to a request that is no operation. */
  ask(path: string): Promise<string>;
  journal(): Promise<Journal>;
}

export async function servingApart(...flags: readonly string[]): Promise<ServerApart> {
  const program = fileURLToPath(new URL("./server-process.ts", import.meta.url));
  const child = spawn(process.execPath, [program, ...flags], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(line.toString());
  const ask = async (path: string): Promise<string> => {
    const reply = await fetch(`http://127.0.0.1:${port}/${path}`, { headers: { connection: "close" } });
    return reply.text();
  };
  return {
    address: { host: "127.0.0.1", port },
    child,
    ask,
    journal: async () => JSON.parse(await ask("journal")) as Journal,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** An address at which nobody listens. */
export async function refusing(): Promise<Address> {
  const server = await serving(() => undefined);
  await server[Symbol.asyncDispose]();
  return server.address;
}

/** Waits for a condition, however slow the machine is. */
export async function until(condition: () => boolean, within = 20_000): Promise<void> {
  for (const startMs = now(); !condition(); ) {
    if (now() - startMs > within) throw new Error("the condition was not met in time");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** What a trial that must not succeed throws. */
export async function thrownBy(trial: Trial): Promise<unknown> {
  try {
    await tried(trial);
  } catch (error) {
    return error;
  }
  return "nothing was thrown";
}
