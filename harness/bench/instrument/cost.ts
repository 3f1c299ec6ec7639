import { join } from "node:path";
import { HistoryWriter } from "../../store/history-file.ts";
import type { CannonFigures, CannonTask } from "./autocannon-process.ts";
import { startChild } from "./children.ts";
import type { LoadFigures, LoadTask } from "./load-process.ts";

/** How the cost is measured. */
export interface CostTask {
  readonly seconds: number;
  /** For temporary files. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** What requests cost whoever sends them. */
export interface Cost {
  readonly perSecond: number;
  /** Of one core. */
  readonly cores: number;
  readonly requestsPerCpuSecond: number;
}

/** What Faultline's open loop costs, with its whole history written. */
export interface OpenLoopCost extends Cost {
  readonly ok: number;
  readonly intended: number;
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
}

const serverProgram = new URL("./order-server.ts", import.meta.url);
const warmUpSeconds = 3;

/** The generator in a process of its own, against a server that answers at once in another, after a warm-up. */
export async function openLoopCost(perSecond: number, { seconds, folder, signal }: CostTask): Promise<OpenLoopCost> {
  await using server = startChild(serverProgram, ["--instant"], signal);
  const task: LoadTask = {
    port: Number(await server.line()),
    perSecond,
    seconds,
    warmUpSeconds,
    method: "GET",
    path: "/",
    deadlineMs: 1000,
    history: join(folder, `cost-${perSecond}-${process.hrtime.bigint()}.bin`),
  };
  await using load = startChild(new URL("./load-process.ts", import.meta.url), [JSON.stringify(task)], signal);
  await load.line();
  const { ok, intended, lagP50Ms, lagP99Ms, cpuSeconds, wallSeconds } = JSON.parse(await load.line()) as LoadFigures;
  const requestsPerCpuSecond = intended / cpuSeconds;
  return { perSecond, cores: cpuSeconds / wallSeconds, requestsPerCpuSecond, ok, intended, lagP50Ms, lagP99Ms };
}

/** autocannon in a closed loop of ten connections, against the same server. */
export async function closedLoopCost({ seconds, signal }: CostTask): Promise<Cost> {
  await using server = startChild(serverProgram, ["--instant"], signal);
  const task: CannonTask = { port: Number(await server.line()), path: "/", method: "GET", connections: 10, seconds };
  await using cannon = startChild(new URL("./autocannon-process.ts", import.meta.url), [JSON.stringify(task)], signal);
  await cannon.line();
  const { answers, cpuSeconds } = JSON.parse(await cannon.line()) as CannonFigures;
  return { perSecond: answers / seconds, cores: cpuSeconds / seconds, requestsPerCpuSecond: answers / cpuSeconds };
}

/** What it costs to record one operation, block writes included, ns of CPU. */
export function recordingNs(folder: string): number {
  const count = 1_000_000;
  const writer = new HistoryWriter(join(folder, "recording.bin"));
  const write = (id: number): void =>
    writer.append({
      id,
      operation: 0,
      session: 1,
      key: 2,
      target: 0,
      phase: 1,
      granted: 0,
      outcome: 0,
      error: 0,
      value: id,
      version: 3,
      intendedMs: id,
      dispatchedMs: id + 1,
      wireMs: id + 2,
      endMs: id + 3,
    });
  for (let id = 0; id < count / 10; id += 1) write(id);
  const before = process.cpuUsage();
  for (let id = 0; id < count; id += 1) write(id);
  writer.flush();
  const { user, system } = process.cpuUsage(before);
  writer.close();
  return ((user + system) * 1000) / count;
}
