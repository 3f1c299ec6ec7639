import { describe, expect, it } from "vitest";
import { FaultlineError } from "../model/errors.ts";
import { outcomeCode, outcomes } from "../model/history.ts";
import { milliseconds } from "../model/units.ts";
import type { Draw, HttpRequest, Judgement } from "../model/workload.ts";
import { expectConserved, expectNothingLeft, openConnections } from "./testing/conserved.ts";
import {
  arrivalsOf,
  MemorySink,
  many,
  now,
  operation,
  refusing,
  serving,
  servingApart,
  type Trial,
  tried,
  until,
} from "./testing/rig.ts";

expectNothingLeft();

async function thrownBy(trial: Trial): Promise<unknown> {
  try {
    await tried(trial);
  } catch (error) {
    return error;
  }
  return "nothing was thrown";
}

describe("the load generator", { timeout: 60_000 }, () => {
  it("tells apart what an answer, a broken connection and silence mean", async () => {
    await using server = await serving((request, response) => {
      const answer: Record<string, () => void> = {
        "/ok": () => response.end("fine"),
        "/busy": () => response.writeHead(503).end("busy"),
        "/long": () => response.end("x".repeat(1024 * 1024 + 1)),
        "/limit": () => response.end("x".repeat(1024 * 1024)),
        "/moved": () => response.writeHead(302, { location: "/ok" }).end(),
        "/fin": () => request.socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
        "/rst": () => request.socket.resetAndDestroy(),
        "/silent": () => undefined,
        "/late": () => setTimeout(() => response.end("late"), 2500),
      };
      answer[request.url ?? ""]?.();
    });
    const soon = { deadline: milliseconds(1500) };
    const throws = (): Judgement => {
      throw new Error("no JSON");
    };
    const operations = {
      ok: operation("/ok"),
      busy: operation("/busy"),
      long: operation("/long", { deadline: milliseconds(10_000) }),
      limit: operation("/limit", { deadline: milliseconds(10_000) }),
      moved: operation("/moved"),
      fin: operation("/fin"),
      rst: operation("/rst"),
      silent: operation("/silent", soon),
      late: operation("/late", soon),
      throws: operation("/ok", { judge: throws }),
      breach: operation("/ok", { judge: () => ({ outcome: "wrong", detail: "price of another product" }) }),
      nonsense: operation("/ok", { judge: () => ({ outcome: "unknown" }) as unknown as Judgement }),
      badValue: operation("/ok", { judge: () => ({ outcome: "ok", value: 1.5 }) }),
    };
    const { sink, report } = await tried({ operations, targets: [server.address] });
    expectConserved(sink, report, 13);
    const names = Object.keys(operations);
    expect(Object.fromEntries(names.map((name, id) => [name, sink.endOf(id)]))).toEqual({
      ok: "ok",
      busy: "rejected",
      long: "wrong a body of more than 1048576 bytes",
      limit: "ok",
      moved: "rejected",
      fin: expect.stringMatching(/^unknown ./),
      rst: expect.stringMatching(/^unknown .*ECONNRESET/),
      silent: "unknown no answer within the deadline",
      late: "unknown no answer within the deadline",
      throws: "wrong its judge threw: no JSON",
      breach: "wrong price of another product",
      nonsense: "wrong its judge said unknown",
      badValue: "wrong its judge gave the value 1.5",
    });
  });

  it("hands the plan's draw to the workload, and records what it says", async () => {
    const seen: unknown[] = [];
    await using server = await serving((request, response) => {
      request
        .setEncoding("utf8")
        .on("data", (body) => response.end(`${request.method} ${String(request.headers["x-a"])} ${body}`));
    });
    const read = operation("/", {
      effect: "read",
      request: (draw) => {
        seen.push(draw);
        return { method: "POST", path: "/", headers: { "x-a": "b" }, body: draw.token };
      },
      judge: ({ body }, draw) => ({ outcome: body === `POST b run-${draw.id}` ? "ok" : "wrong", version: 8, value: 3 }),
    });
    const write = operation("/", { ...read, effect: "write" });
    const trial = { operations: { read, write }, targets: [server.address], runToken: "run" };
    const { sink, startMs } = await tried(trial);
    expect(seen).toEqual([
      { id: 0, key: 0, session: 0, token: "run-0" },
      { id: 1, key: 1, session: 1, token: "run-1" },
    ]);
    const [first, second] = sink.records.sort((left, right) => left.id - right.id);
    expect(first).toMatchObject({ operation: 0, outcome: 0, version: 8, value: 3, intendedMs: startMs, phase: 1 });
    expect(second).toMatchObject({ operation: 1, outcome: 0, version: 8, value: 1, intendedMs: startMs + 5 });
  });

  it("sends each session to one instance", async () => {
    const seen: string[][] = [[], []];
    const record = (index: number) =>
      serving((request, response) => {
        seen[index]!.push(request.url ?? "");
        response.end();
      });
    await using even = await record(0);
    await using odd = await record(1);
    const bySession = operation("/", { request: ({ session }) => ({ method: "GET", path: `/${session}` }) });
    const { sink } = await tried({
      operations: { bySession },
      targets: [even.address, odd.address],
      arrivals: many(40, 1),
    });
    expect(seen.map((paths) => [...new Set(paths)].sort())).toEqual([
      ["/0", "/2"],
      ["/1", "/3"],
    ]);
    expect(sink.records.every(({ session, target }) => session % 2 === target)).toBe(true);
  });

  it("counts what was refused as failed: it never was on the wire", async () => {
    const { sink, report } = await tried({
      operations: { any: operation("/") },
      targets: [await refusing()],
      arrivals: many(50, 2),
    });
    expectConserved(sink, report, 50);
    expect(sink.outcomesSeen()).toEqual(["failed"]);
    expect(sink.endOf(0)).toMatch(/^failed connect ECONNREFUSED/);
    expect(sink.records.every(({ wireMs }) => Number.isNaN(wireMs))).toBe(true);
  });

  it("at the deadline, frees the connection and fails what never was on the wire", async () => {
    await using server = await serving((request, response) => {
      if (request.url !== "/0") response.end();
    });
    const request = ({ id }: Draw): HttpRequest => ({ method: "GET", path: `/${id}` });
    const first = operation("/", { request, deadline: milliseconds(600) });
    const later = operation("/", { request });
    const dueMs = Float64Array.of(0, 0, 0, 700, 701);
    const arrivals = { ...arrivalsOf([0, 0, 0, 1, 1], 1), dueMs };
    const { sink, report, startMs } = await tried({
      operations: { first, later },
      targets: [server.address],
      arrivals,
      connections: 1,
    });
    expectConserved(sink, report, 5);
    expect(sink.endOf(0)).toBe("unknown no answer within the deadline");
    expect(sink.endOf(1)).toBe("failed expired before the wire");
    expect(sink.endOf(2)).toBe("failed expired before the wire");
    expect([sink.endOf(3), sink.endOf(4)]).toEqual(["ok", "ok"]);
    for (const { id, intendedMs, dispatchedMs, endMs } of sink.records) {
      expect(intendedMs).toBe(startMs + dueMs[id]!);
      if (id < 3) expect(endMs).toBeGreaterThanOrEqual(intendedMs + 600);
      expect(Number.isNaN(dispatchedMs)).toBe(id === 1 || id === 2);
    }
  });

  it.runIf(process.platform === "linux")("leaves no connection that is still being made", async () => {
    // The kernel completes a few connections for a stopped server, and leaves the others unanswered.
    await using server = await servingApart("--backlog", "1");
    server.child.kill("SIGSTOP");
    const stop = new AbortController();
    const trial = { targets: [server.address], arrivals: many(20, 1), signal: stop.signal };
    const expiring = await tried({ ...trial, operations: { any: operation("/", { deadline: milliseconds(300) }) } });
    const stopped = await tried({
      ...trial,
      operations: { any: operation("/", { deadline: milliseconds(60_000) }) },
      onProgress: ({ due }) => {
        if (due === 20) stop.abort();
      },
    });
    expect(openConnections()).toEqual([]);
    for (const { sink, report } of [expiring, stopped]) {
      expectConserved(sink, report, 20);
      expect(sink.outcomesSeen()).toContain("failed");
    }
    expect(expiring.sink.errors).toContain("expired before the wire");
    expect(stopped.sink.errors).toContain("the run was stopped before the wire");
  });

  it("does not take an answer after the deadline, though it is read before the deadline is swept", async () => {
    const held: (() => void)[] = [];
    await using server = await serving((_, response) => {
      held.push(() => response.end());
      if (held.length === 2) for (const answer of held) answer();
    });
    // Both answers are there at once; the judge of the one that is read first lets the other's deadline go by.
    const stalls = operation("/", {
      deadline: milliseconds(2000),
      judge: () => {
        for (const startMs = now(); now() < startMs + 2100; );
        return { outcome: "ok" };
      },
    });
    const { sink } = await tried({ operations: { stalls }, targets: [server.address], arrivals: many(2, 0) });
    expect(sink.outcomesSeen()).toEqual(["ok", "unknown"]);
  });

  it("counts what it has no room for as its own fault", async () => {
    await using server = await serving(() => undefined);
    const { sink, report } = await tried({
      operations: { any: operation("/", { deadline: milliseconds(200) }) },
      targets: [server.address],
      arrivals: many(100, 0),
      perSecond: 50,
    });
    expectConserved(sink, report, 100);
    // 50 per second × 0.2 s = 10 in flight, and four standard deviations.
    expect(report.overflow).toBe(100 - 23);
    expect(report.tainted[0]?.reason).toContain("77 of 100 operations found the generator full");
    expect(sink.outcomesSeen()).toContain("overflow");
  });

  it("keeps every operation when its server is killed in the middle", async () => {
    await using server = await servingApart();
    let isKilled = false;
    const stop = new AbortController();
    const { sink, report } = await tried({
      operations: { any: operation("/") },
      targets: [server.address],
      arrivals: many(20_000, 2),
      signal: stop.signal,
      onProgress: ({ counts }) => {
        if (!isKilled && counts[outcomeCode("ok")]! >= 50) isKilled = server.child.kill("SIGKILL");
        if (counts[outcomeCode("failed")]! >= 50) stop.abort();
      },
    });
    expect(isKilled).toBe(true);
    expectConserved(sink, report, report.planned);
    expect(sink.errors.some((text) => text.startsWith("connect ECONNREFUSED"))).toBe(true);
  });

  it("stops with an error that names the operation whose request cannot be made", async () => {
    await using server = await serving((_, response) => response.end());
    const sink = new MemorySink();
    const throws = operation("/", {
      request: () => {
        throw new TypeError("no such product");
      },
    });
    const trial = { targets: [server.address], arrivals: arrivalsOf([0, 0, 1, 0, 0], 20), writer: sink };
    const thrown = await thrownBy({ ...trial, operations: { fine: operation("/"), throws } });
    expect(thrown).toBeInstanceOf(FaultlineError);
    expect(thrown).toMatchObject({ code: "WORKLOAD_THREW", exit: 64 });
    expect(String(thrown)).toContain("workload.operations.throws.request");
    expect(String(thrown)).toContain("no such product");
    expect(sink.endOf(2)).toBe("failed no such product");
    expect(sink.flushes).toBeGreaterThan(0);
  });

  it("when it is stopped, settles what is in flight and does not count what was not due", async () => {
    let silent = 0;
    await using server = await serving((request, response) => {
      if (request.url === "/ok") response.end();
      else silent += 1;
    });
    const stop = new AbortController();
    const path = ({ id }: { id: number }) => ({ method: "GET" as const, path: id < 10 ? "/ok" : "/silent" });
    const { sink, report } = await tried({
      operations: { any: operation("/", { request: path, deadline: milliseconds(30_000) }) },
      targets: [server.address],
      arrivals: many(10_000, 5),
      connections: 8,
      signal: stop.signal,
      onProgress: ({ due }) => {
        if (due > 30 && silent >= 8) stop.abort();
      },
    });
    expectConserved(sink, report, report.planned);
    expect(report.planned).toBeGreaterThan(30);
    expect(report.planned).toBeLessThan(10_000);
    expect(sink.endOf(0)).toBe("ok");
    expect(sink.endOf(10)).toBe("unknown the run was stopped before its answer");
    expect(sink.endOf(report.planned - 1)).toBe("failed the run was stopped before the wire");
    expect(sink.records.filter(({ outcome }) => outcomes[outcome] === "unknown")).toHaveLength(8);
    await until(() => server.connections() === 0);
  });

  it("stopped before it started, does nothing", async () => {
    const stopped = { operations: { any: operation("/") }, targets: [await refusing()], signal: AbortSignal.abort() };
    const { sink, report } = await tried({ ...stopped, startMs: now() + 60_000 });
    expectConserved(sink, report, 0);
  });

  it("stops cleanly when the history cannot be written", async () => {
    await using server = await serving((_, response) => response.end());
    for (const method of ["append", "flush"] as const) {
      const sink = new MemorySink();
      let calls = 0;
      sink[method] = () => {
        calls += 1;
        if (calls > 1) throw new Error(`the disk is full: ${method}`);
      };
      const trial = { operations: { any: operation("/") }, targets: [server.address], arrivals: many(5000, 1) };
      expect(String(await thrownBy({ ...trial, writer: sink }))).toContain(`the disk is full: ${method}`);
      expect(calls).toBe(2);
      await until(() => server.connections() === 0);
    }
  });

  it("goes on when the screen fails", async () => {
    await using server = await serving((_, response) => response.end());
    const { sink, report } = await tried({
      operations: { any: operation("/") },
      targets: [server.address],
      arrivals: many(20, 1),
      onProgress: () => {
        throw new Error("the terminal is gone");
      },
    });
    expectConserved(sink, report, 20);
  });

  it("blames itself for a stall of its own", async () => {
    await using server = await serving((_, response) => response.end());
    let stalledMs = Number.NaN;
    const stalls = operation("/", {
      judge: (_, { id }) => {
        if (id !== 100) return { outcome: "ok" };
        stalledMs = now();
        while (now() < stalledMs + 200);
        return { outcome: "ok" };
      },
    });
    const trial = { operations: { stalls }, targets: [server.address], arrivals: many(300, 4) };
    const { sink, report } = await tried(trial);
    expectConserved(sink, report, 300);
    expect(report.lagMaxMs).toBeGreaterThan(150);
    const tainted = report.tainted.find(({ fromMs, toMs }) => fromMs <= stalledMs && stalledMs < toMs);
    expect(tainted?.reason).toMatch(/did not run for/);
  });
});
