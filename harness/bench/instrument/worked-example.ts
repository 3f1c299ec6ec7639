import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readHistory } from "../../store/history-file.ts";
import type { CannonFigures, CannonTask } from "./autocannon-process.ts";
import { type Child, startChild } from "./children.ts";
import type { LoadTask } from "./load-process.ts";
import { type Journal, measuredOutage, modelP99Ms, type Outage, p99sOf, parseJournal, trueOutage } from "./truth.ts";

/** How the worked example is played. */
export interface Example {
  readonly perSecond: number;
  readonly seconds: number;
  /** When the server is frozen or killed, after the start of the load. */
  readonly atSeconds: number;
  /** For temporary files. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** What a tool said of a freeze, and what was true. */
export interface FreezeFigures {
  readonly p99Ms: number;
  readonly trueP99Ms: number;
}

/** What a tool said of an outage, and what was true; `undefined` what it does not tell. */
export interface OutageFigures {
  readonly said: Readonly<Record<keyof Outage, number | undefined>>;
  readonly truth: Outage;
}

/** A tool under which the example is played: it loads the server and tells its start, then its figures. */
export interface Tool {
  readonly name: string;
  load(port: number, example: Example): { startMs(): Promise<number>; ended(): Promise<ToolFigures> } & AsyncDisposable;
}

export interface ToolFigures {
  readonly p99Ms: number;
  readonly failed: number;
}

const now = (): number => Number(process.hrtime.bigint()) / 1e6;
const outageMs = 1000;
const serverProgram = new URL("./order-server.ts", import.meta.url);
const loadProgram = new URL("./load-process.ts", import.meta.url);
const cannonProgram = new URL("./autocannon-process.ts", import.meta.url);

/** Faultline's own generator: a server that freezes, by history and by journal for the same operations. */
export async function faultlineFreeze(example: Example): Promise<FreezeFigures> {
  const { history, journal } = await faultlinePlays(example, "freeze");
  const { measuredMs, trueMs } = p99sOf(history, journal);
  return { p99Ms: measuredMs, trueP99Ms: trueMs };
}

/** Faultline's own generator: a server that is killed, and comes back with nothing. */
export async function faultlineOutage(example: Example): Promise<OutageFigures> {
  const { history, journal, killedMs, held } = await faultlinePlays(example, "kill");
  return {
    said: measuredOutage(history, killedMs, held),
    truth: trueOutage(journal, killedMs, held, example.perSecond * example.seconds),
  };
}

async function faultlinePlays(example: Example, damage: "freeze" | "kill") {
  const path = join(example.folder, `faultline-${damage}.bin`);
  const faultline: Tool = {
    name: "faultline",
    load(port, { perSecond, seconds, signal }) {
      const task: LoadTask = { port, perSecond, seconds, history: path, ...orderTask };
      const child = startChild(loadProgram, [JSON.stringify(task)], signal);
      return childLoad(child, () => ({ p99Ms: Number.NaN, failed: Number.NaN }));
    },
  };
  return { ...(await play(faultline, example, damage)), history: readHistory(path).history };
}

const orderTask = { warmUpSeconds: 0, method: "POST", path: "/orders/", deadlineMs: 5000 } as const;

/** autocannon at the same rate, with its usual ten connections. */
export const autocannonTool: Tool = {
  name: "autocannon",
  load(port, { perSecond, seconds, signal }) {
    const task: CannonTask = { port, perSecond, seconds, path: "/orders", method: "POST", connections: 10 };
    const child = startChild(cannonProgram, [JSON.stringify(task)], signal);
    return childLoad(child, (line) => JSON.parse(line) as CannonFigures);
  },
};

function childLoad(child: Child, figuresOf: (line: string) => ToolFigures) {
  return {
    startMs: async () => Number(await child.line()),
    ended: async () => figuresOf(await child.line()),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

/** The freeze under another tool: what it said, beside the queue model of the freeze as it really was. */
export async function toolFreeze(tool: Tool, example: Example): Promise<FreezeFigures> {
  const { startMs, journal, said } = await play(tool, example, "freeze");
  return { p99Ms: said.p99Ms, trueP99Ms: modelP99Ms(journal, { startMs, ...example }) };
}

/** The outage under another tool, of which none tells when it was over, or what was lost. */
export async function toolOutage(tool: Tool, example: Example): Promise<OutageFigures> {
  const { journal, killedMs, held, said } = await play(tool, example, "kill");
  return {
    said: { failed: said.failed, recoveryMs: undefined, lost: undefined },
    truth: trueOutage(journal, killedMs, held, example.perSecond * example.seconds),
  };
}

interface Played {
  readonly startMs: number;
  readonly journal: Journal;
  readonly killedMs: number;
  /** Ids that the server holds in the end. */
  readonly held: ReadonlySet<string>;
  readonly said: ToolFigures;
}

async function play(tool: Tool, example: Example, damage: "freeze" | "kill"): Promise<Played> {
  const { atSeconds, folder, signal } = example;
  const path = join(folder, `${tool.name}-${damage}.journal`);
  await using first = startChild(serverProgram, ["--journal", path], signal);
  const port = await first.line();
  await using load = tool.load(Number(port), example);
  const startMs = await load.startMs();
  await new Promise((resolve) => setTimeout(resolve, startMs + atSeconds * 1000 - now()));
  let killedMs = Number.NaN;
  let second: Child | undefined;
  try {
    if (damage === "freeze") {
      await fetch(`http://127.0.0.1:${port}/freeze`, { method: "POST", headers: { connection: "close" } });
    } else {
      const exited = once(first.process, "exit");
      killedMs = now();
      first.process.kill("SIGKILL");
      await Promise.all([exited, new Promise((resolve) => setTimeout(resolve, outageMs))]);
      second = startChild(serverProgram, ["--journal", path, "--port", port], signal);
    }
    const said = await load.ended();
    const orders = await fetch(`http://127.0.0.1:${port}/orders`, { headers: { connection: "close" } });
    const held = new Set((await orders.json()) as string[]);
    return { startMs, journal: parseJournal(readFileSync(path, "utf8")), killedMs, held, said };
  } finally {
    await second?.[Symbol.asyncDispose]();
  }
}
