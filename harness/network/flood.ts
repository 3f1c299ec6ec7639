import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Address } from "../model/environment.ts";
import type { FloodRequest, TrafficCounts } from "../model/foreign-traffic.ts";

/** Requests that are none of the workload's. */
export interface Traffic {
  counts(): TrafficCounts;
  /** Its connections are closed when this returns. Twice is harmless. */
  stop(): Promise<void>;
}

let floods = 0;

/** A closed loop of autocannon that asks as fast as it is answered. One that cannot ask counts nothing. */
export function startFlood({ host, port }: Address, request: FloodRequest, connections: number): Traffic {
  // Beside this file, also where it was built.
  const program = new URL(`./flood-worker${extname(import.meta.url)}`, import.meta.url);
  let counts: TrafficCounts = { ok: 0, refused: 0, broken: 0, open: connections };
  const worker = new Worker(program, {
    workerData: { url: `http://${host}:${port}`, request, connections, number: floods },
  });
  floods += 1;
  worker.on("message", (told: TrafficCounts) => {
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
