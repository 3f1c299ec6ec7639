import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { FloodCounts, FloodRequest } from "../model/capabilities.ts";
import type { Address } from "../model/environment.ts";

/** A closed loop of autocannon that asks as fast as it is answered. */
export interface Flood {
  counts(): FloodCounts;
  /** Its connections are closed when this returns. Twice is harmless. */
  stop(): Promise<void>;
}

/** Begins to ask. @throws nothing: a flood that cannot ask counts nothing */
export function startFlood({ host, port }: Address, request: FloodRequest, connections: number): Flood {
  // Beside this file, also where it was built.
  const program = new URL(`./flood-worker${extname(import.meta.url)}`, import.meta.url);
  let counts: FloodCounts = { ok: 0, refused: 0, broken: 0 };
  const worker = new Worker(program, { workerData: { url: `http://${host}:${port}`, request, connections } });
  worker.on("message", (told: FloodCounts) => {
    counts = told;
  });
  // What counts nothing is not proven, and that is told.
  worker.on("error", () => undefined);
  worker.unref();
  return {
    counts: () => counts,
    async stop() {
      await worker.terminate();
    },
  };
}
