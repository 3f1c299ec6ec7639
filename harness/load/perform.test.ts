import { expect, it } from "vitest";
import { milliseconds } from "../model/units.ts";
import { type AsyncOperation, type Call, type Draw, type Judgement, NotExecuted } from "../model/workload.ts";
import { arrivalsOf, operation, serving, tried } from "./testing/rig.ts";

const targets = [
  { host: "127.0.0.1", port: 1 },
  { host: "127.0.0.1", port: 2 },
];

function call(perform: (draw: Draw, call: Call) => unknown, changes: Partial<AsyncOperation> = {}): AsyncOperation {
  const own = perform as AsyncOperation["perform"];
  return { weight: 1, effect: "none", deadline: milliseconds(20_000), perform: own, ...changes };
}

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const never = (): Promise<Judgement> => new Promise(() => undefined);
/** Settles as soon as it is told to. */
const obedient = (_: Draw, { signal }: Call): Promise<Judgement> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });

it("what a call returns or throws is its outcome", async () => {
  const operations = {
    good: call(async () => ({ outcome: "ok", version: 3 })),
    refused: call(async () => ({ outcome: "rejected", detail: "busy" })),
    notAsync: call(() => ({ outcome: "ok" })),
    lost: call(() => Promise.reject(new Error("connection reset"))),
    throwsAtOnce: call(() => {
      throw new Error("no client");
    }),
    throwsText: call(() => Promise.reject("text" as unknown as Error)),
    notExecuted: call(() => Promise.reject(new NotExecuted("connection refused"))),
    nothing: call(async () => undefined),
    nonsense: call(async () => ({ outcome: "fine" })),
    badValue: call(async () => ({ outcome: "ok", value: -1 })),
  };
  const { sink, report } = await tried({ operations, targets });
  const ends = Object.keys(operations).map((name, id) => [name, sink.endOf(id)]);
  expect(Object.fromEntries(ends)).toEqual({
    good: "ok",
    refused: "rejected busy",
    notAsync: "ok",
    lost: "unknown connection reset",
    throwsAtOnce: "unknown no client",
    throwsText: "unknown text",
    notExecuted: "failed connection refused",
    nothing: "wrong perform said undefined",
    nonsense: "wrong perform said fine",
    badValue: "wrong perform gave the value -1",
  });
  expect(report).toMatchObject({ recorded: 10, dispatched: 10, unsettled: 0 });
  expect(sink.records.find(({ id }) => id === 0)).toMatchObject({ version: 3 });
  for (const { dispatchedMs, wireMs, endMs, intendedMs } of sink.records) {
    expect(wireMs).toBe(dispatchedMs);
    expect(dispatchedMs).toBeGreaterThanOrEqual(intendedMs);
    expect(endMs).toBeGreaterThanOrEqual(wireMs);
  }
});

it("a call gets its draw and the target of its session", async () => {
  const seen: unknown[] = [];
  const look = call(async (draw, { target, signal }) => {
    seen.push([draw, target.port, signal.aborted]);
    return { outcome: "ok" };
  });
  await tried({ operations: { look }, targets, arrivals: arrivalsOf([0, 0], 1), runToken: "run" });
  expect(seen).toEqual([
    [{ id: 0, key: 0, session: 0, token: "run-0" }, 1, false],
    [{ id: 1, key: 1, session: 1, token: "run-1" }, 2, false],
  ]);
});

it("the deadline is the generator's: it aborts the call, whose answer then counts for nothing", async () => {
  const aborted: unknown[] = [];
  const slow = call(
    async (_, { signal }) => {
      signal.addEventListener("abort", () => aborted.push(signal.reason));
      await later(300);
      return { outcome: "ok" };
    },
    { deadline: milliseconds(100) },
  );
  const { sink, report, startMs } = await tried({ operations: { slow }, targets });
  expect(sink.endOf(0)).toBe("unknown no answer within the deadline");
  expect(sink.records[0]!.endMs).toBeGreaterThanOrEqual(startMs + 100);
  expect(aborted).toEqual([expect.objectContaining({ name: "AbortError" })]);
  // It settled within the second that it is given.
  expect(report).toMatchObject({ recorded: 1, unsettled: 0 });
});

it("does not take an answer after the deadline, though it is there before the deadline is swept", async () => {
  const blocks = call(
    async () => {
      for (const fromMs = performance.now(); performance.now() < fromMs + 150; );
      return { outcome: "ok" };
    },
    { deadline: milliseconds(100) },
  );
  const { sink } = await tried({ operations: { blocks }, targets });
  expect(sink.endOf(0)).toBe("unknown no answer within the deadline");
});

it("calls that never settle are counted, and the load ends nevertheless", async () => {
  const deaf = call(never, { deadline: milliseconds(50) });
  const obeys = call(obedient, { deadline: milliseconds(50) });
  const trial = { operations: { deaf, obeys }, targets, arrivals: arrivalsOf([0, 1, 0, 1, 0], 5) };
  const { sink, report } = await tried(trial);
  expect(sink.outcomesSeen()).toEqual(["unknown"]);
  expect(report).toMatchObject({ planned: 5, recorded: 5, unsettled: 3 });
});

it("calls that do not settle keep their place: there are never more than the in-flight bound", async () => {
  let underWay = 0;
  const deaf = call(
    () => {
      underWay += 1;
      return never();
    },
    { deadline: milliseconds(200) },
  );
  // 50 per second × 0.2 s = 10 in flight, and four standard deviations.
  const arrivals = arrivalsOf(
    Array.from({ length: 100 }, () => 0),
    20,
  );
  const { sink, report } = await tried({ operations: { deaf }, targets, arrivals, perSecond: 50 });
  expect(underWay).toBe(23);
  expect(report).toMatchObject({ recorded: 100, overflow: 77, unsettled: 23 });
  expect(sink.outcomesSeen()).toEqual(["overflow", "unknown"]);
});

it("the end of the run aborts what is under way", async () => {
  const stop = new AbortController();
  let begun = 0;
  const waits = call((draw, given) => {
    begun += 1;
    if (begun === 3) stop.abort();
    return obedient(draw, given);
  });
  const arrivals = arrivalsOf(
    Array.from({ length: 1000 }, () => 0),
    20,
  );
  const { sink, report } = await tried({ operations: { waits }, targets, arrivals, signal: stop.signal });
  expect(report.planned).toBeLessThan(1000);
  expect(report.unsettled).toBe(0);
  expect(sink.endOf(0)).toBe("unknown the run was stopped before its answer");
});

it("calls and requests go in one load", async () => {
  await using server = await serving((_, response) => response.end());
  const operations = { http: operation("/"), own: call(async () => ({ outcome: "ok" })) };
  const arrivals = arrivalsOf([0, 1, 1, 0, 1], 2);
  const { sink, report } = await tried({ operations, targets: [server.address], arrivals });
  expect(report).toMatchObject({ recorded: 5, dispatched: 5 });
  expect(sink.outcomesSeen()).toEqual(["ok"]);
});
