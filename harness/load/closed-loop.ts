import autocannon from "autocannon";
import type { Address } from "../model/environment.ts";
import { Histogram } from "../model/measure/histogram.ts";
import type { Arrivals } from "../model/plan.ts";
import {
  type Draw,
  type HttpOperation,
  type HttpReply,
  type HttpRequest,
  operationsOf,
  type Workload,
} from "../model/workload.ts";
import { endingOf } from "./ending.ts";
import { badRequest, problemOfRequest, workloadThrew } from "./workload-fault.ts";

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
  /** As `workload.operations.buy`. */
  where?: string;
}

function requestOf(options: ClosedLoopOptions, tally: Tally): autocannon.Request {
  const draws = drawsOf(options);
  return {
    setupRequest(request, context: Asked) {
      const { draw, operation, where } = draws();
      Object.assign(context, { draw, operation });
      try {
        const asked = operation.request(draw);
        const problem = problemOfRequest(asked);
        if (problem === undefined) return { ...request, ...requestFor(asked) };
        tally.failure ??= badRequest(where, draw.id, problem);
      } catch (error) {
        tally.failure ??= workloadThrew(where, draw.id, error);
      }
      return request;
    },
    onResponse(status, body, { draw, operation }: Asked, headers = {}) {
      tally.answers += 1;
      if (draw === undefined || operation === undefined) return;
      const reply = { status, body, headers: asEverywhere(headers as RawHeaders) };
      if (endingOf(operation, reply, draw).outcome === "ok") tally.ok += 1;
    },
  };
}

const requestFor = ({ method, path, headers = {}, body }: HttpRequest) => ({
  method,
  path,
  headers: { ...headers },
  ...(body === undefined ? {} : { body }),
});

type RawHeaders = Readonly<Record<string, string | readonly string[]>>;

/** As the open loop gives them to `judge`: names in lower case, and a list of what came several times. */
export function asEverywhere(raw: RawHeaders): HttpReply["headers"] {
  const byName = Map.groupBy(Object.entries(raw), ([name]) => name.toLowerCase());
  return Object.fromEntries(
    [...byName].map(([name, entries]) => {
      const values = entries.flatMap(([, value]) => value);
      return [name, values.length === 1 ? values[0]! : values];
    }),
  );
}

/** The operations of the plan that go by HTTP, each time with an id of its own. */
function drawsOf({ workloads, arrivals, runToken }: ClosedLoopOptions): () => Required<Asked> {
  const operations = operationsOf(workloads);
  const rows = Array.from(arrivals.operation.keys()).filter(
    (row) => operations[arrivals.operation[row]!]?.operation.perform === undefined,
  );
  if (rows.length === 0) throw new Error("no operation of these workloads is sent by HTTP");
  let id = 0;
  return () => {
    const row = rows[id % rows.length]!;
    id += 1;
    const draw = { id, key: arrivals.key[row]!, session: arrivals.session[row]!, token: `${runToken}-${id}` };
    const { name, operation } = operations[arrivals.operation[row]!]!;
    return { draw, operation: operation as HttpOperation, where: `workload.operations.${name}` };
  };
}
