import autocannon from "autocannon";
import type { Address } from "../model/environment.ts";
import { Histogram } from "../model/measure/histogram.ts";
import type { Arrivals } from "../model/plan.ts";
import { type Draw, type HttpOperation, operationsOf, type Workload } from "../model/workload.ts";
import { endingOf } from "./ending.ts";
import { workloadThrew } from "./workload-fault.ts";

/** What a closed loop needs. */
export interface ClosedLoopOptions {
  /** Their HTTP operations are sent; `perform` is left out. */
  readonly workloads: readonly Workload[];
  /** Which operation on which key for whom: drawn in this order, and from the start again when all were sent. */
  readonly arrivals: Arrivals;
  readonly targets: readonly Address[];
  /** How many ask at the same time, each as soon as it has its answer; at least one for each target. */
  readonly connections: number;
  readonly seconds: number;
  /** The beginning of every `Draw.token`. */
  readonly runToken: string;
  readonly signal: AbortSignal;
}

/** What a closed loop saw. */
export interface ClosedLoop {
  readonly connections: number;
  /** Complete answers. */
  readonly perSecond: number;
  /** ok ÷ answers. */
  readonly okRatio: number;
  /** Service times in ms: a closed loop has no others. */
  readonly times: Histogram;
  /** Connections that broke, and requests without an answer in time. */
  readonly errors: number;
}

/**
 * Asks again as soon as it has its answer, on so many connections: this finds how much a system can do at most. It is no
 * instrument for faults, since a system that stops answering is not asked any more (coordinated omission).
 * @throws the signal's reason
 */
export async function closedLoop(options: ClosedLoopOptions): Promise<ClosedLoop> {
  const { targets, connections, seconds, signal } = options;
  signal.throwIfAborted();
  const tally: Tally = { answers: 0, ok: 0 };
  const times = new Histogram();
  const finished = Promise.withResolvers<autocannon.Result>();
  const instance = autocannon(
    {
      // The types know one address only.
      url: targets.map(({ host, port }) => `http://${host}:${port}`) as unknown as string,
      connections: Math.max(connections, targets.length),
      duration: seconds,
      timeout: Math.max(1, Math.ceil(seconds)),
      requests: [requestOf(options, tally)],
    },
    (error: unknown, result) => {
      if (error === null || error === undefined) finished.resolve(result);
      else finished.reject(error);
    },
  );
  instance.on("response", (_client, _status, _bytes, ms) => {
    times.record(ms);
    if (tally.failure !== undefined) instance.stop();
  });
  const stop = (): void => instance.stop();
  signal.addEventListener("abort", stop);
  try {
    const { duration, errors, timeouts } = await finished.promise;
    signal.throwIfAborted();
    if (tally.failure !== undefined) throw tally.failure;
    return {
      connections,
      perSecond: tally.answers / Math.max(duration, 0.001),
      okRatio: tally.answers === 0 ? 0 : tally.ok / tally.answers,
      times,
      errors: errors + timeouts,
    };
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

interface Tally {
  answers: number;
  ok: number;
  /** The workload's own, which must not be thrown into autocannon: nobody there would catch it. */
  failure?: Error;
}

interface Asked {
  draw?: Draw;
  operation?: HttpOperation;
}

function requestOf(options: ClosedLoopOptions, tally: Tally): autocannon.Request {
  const draws = drawsOf(options);
  return {
    setupRequest(request, context: Asked) {
      try {
        const { draw, operation } = draws();
        Object.assign(context, { draw, operation });
        const { method, path, headers = {}, body } = operation.request(draw);
        return { ...request, method, path, headers: { ...headers }, ...(body === undefined ? {} : { body }) };
      } catch (error) {
        tally.failure ??= workloadThrew("workload", -1, error);
        return request;
      }
    },
    onResponse(status, body, { draw, operation }: Asked, headers = {}) {
      tally.answers += 1;
      if (draw === undefined || operation === undefined) return;
      const reply = { status, body, headers: headers as Record<string, string> };
      if (endingOf(operation, reply, draw).outcome === "ok") tally.ok += 1;
    },
  };
}

/** The operations of the plan that go by HTTP, each time with an id of its own. */
function drawsOf({ workloads, arrivals, runToken }: ClosedLoopOptions): () => Required<Asked> {
  const operations = operationsOf(workloads).map(({ operation }) => operation);
  const rows = Array.from(arrivals.operation.keys()).filter(
    (row) => operations[arrivals.operation[row]!]?.perform === undefined,
  );
  if (rows.length === 0) throw new Error("no operation of these workloads is sent by HTTP");
  let id = 0;
  return () => {
    const row = rows[id % rows.length]!;
    id += 1;
    const draw = { id, key: arrivals.key[row]!, session: arrivals.session[row]!, token: `${runToken}-${id}` };
    return { draw, operation: operations[arrivals.operation[row]!] as HttpOperation };
  };
}
