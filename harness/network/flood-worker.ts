/**
 * A flood in a thread of its own, so that the measured load keeps its own time. Asks until the thread is ended, and tells
 * every 50 ms what has come back.
 */
import { parentPort, workerData } from "node:worker_threads";
import autocannon from "autocannon";
import type { FloodRequest, TrafficCounts } from "../model/foreign-traffic.ts";
import { numberedRequest } from "./numbered-request.ts";

interface Flood {
  readonly url: string;
  readonly request: FloodRequest;
  readonly connections: number;
  /** Which one of this process it is, from 0. */
  readonly number: number;
}

const { url, request, connections, number } = workerData as Flood;
/** Longer than any run: it ends with its thread. */
const duration = 86_400;

const counts: { -readonly [Key in keyof TrafficCounts]: number } = { ok: 0, refused: 0, broken: 0, open: connections };
const numbered = numberedRequest(request, number);
const requests = numbered === undefined ? {} : { requests: [{ setupRequest: numbered }] };
const options = { url, ...(request as object), ...requests, connections, duration, timeout: 5 };
const flood = autocannon(options, () => undefined);
flood.on("response", (_client, status) => {
  if (status < 400) counts.ok += 1;
  else counts.refused += 1;
});
flood.on("reqError", () => {
  counts.broken += 1;
});
setInterval(() => parentPort?.postMessage({ ...counts }), 50);
