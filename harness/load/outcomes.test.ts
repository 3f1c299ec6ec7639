import { describe, expect, it } from "vitest";
import { type Json, milliseconds } from "../model/units.ts";
import type { Draw, Effect, HttpRequest, Judgement } from "../model/workload.ts";
import { expectConserved, expectNothingLeft } from "./testing/conserved.ts";
import { arrivalsOf, many, now, operation, refusing, serving, tried } from "./testing/rig.ts";

expectNothingLeft();

describe("what became of an operation", { timeout: 60_000 }, () => {
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
        "/close": () => request.socket.end(),
        "/hint": () => request.socket.end("HTTP/1.1 103 Early Hints\r\n\r\n"),
        "/silent": () => undefined,
        "/late": () => setTimeout(() => response.end("late"), 6000),
      };
      answer[request.url ?? ""]?.();
    });
    const soon = { deadline: milliseconds(5000) };
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
      close: operation("/close"),
      hint: operation("/hint"),
      silent: operation("/silent", soon),
      late: operation("/late", soon),
      throws: operation("/ok", { judge: throws }),
      breach: operation("/ok", { judge: () => ({ outcome: "wrong", detail: "price of another product" }) }),
      nonsense: operation("/ok", { judge: () => ({ outcome: "unknown" }) as unknown as Judgement }),
      badValue: operation("/ok", { judge: () => ({ outcome: "ok", value: 1.5 }) }),
    };
    const { sink, report } = await tried({ operations, targets: [server.address] });
    expectConserved(sink, report, 15);
    const names = Object.keys(operations);
    expect(Object.fromEntries(names.map((name, id) => [name, sink.endOf(id)]))).toEqual({
      ok: "ok",
      busy: "rejected",
      long: "wrong a body of more than 1 MB",
      limit: "ok",
      moved: "rejected",
      fin: expect.stringMatching(/^unknown answer cut off: ./),
      rst: expect.stringMatching(/^unknown no answer: .*ECONNRESET/),
      close: expect.stringMatching(/^unknown no answer: ./),
      hint: expect.stringMatching(/^unknown no answer: ./),
      silent: "unknown no answer within the deadline",
      late: "unknown no answer within the deadline",
      throws: "wrong its judge threw: no JSON",
      breach: "wrong price of another product",
      nonsense: "wrong its judge said unknown",
      badValue: "wrong its judge gave the value 1.5",
    });
  });

  it("takes a judgement that is misspelt, wrongly typed or contradicts itself for no evidence", async () => {
    await using server = await serving((_, response) => response.end());
    const said: readonly (readonly [Effect, unknown, string])[] = [
      ["read", { outcome: "ok", version: "7" }, 'gave the version "7"'],
      ["read", { outcome: "ok", version: Number.NaN }, "gave the version NaN"],
      ["read", { outcome: "ok", version: Number.POSITIVE_INFINITY }, "gave the version Infinity"],
      ["read", { outcome: "ok", version: -1 }, "gave the version -1"],
      ["read", { outcome: "ok", version: 2 ** 53 }, "gave the version 9007199254740992"],
      ["read", { outcome: "ok", version: null }, "gave the version null"],
      ["read", { outcome: "ok", verison: 7 }, "gave verison, which a judgement does not have; did you mean version?"],
      ["read", { outcome: "ok", body: 7 }, "gave body, which a judgement does not have; allowed: outcome, version"],
      ["read", { outcome: "ok", absent: "yes" }, 'gave absent "yes"; allowed: true or false'],
      ["read", { outcome: "ok", granted: 1 }, "gave granted 1; allowed: true or false"],
      ["read", { outcome: "ok", detail: 503 }, "gave the detail 503, which is not text"],
      ["read", { outcome: "ok", absent: true, value: 3 }, "said absent, and gave the value 3"],
      ["read", { outcome: "rejected", absent: true }, "said absent of a refusal"],
      ["write", { outcome: "ok", absent: true }, "said absent of an operation whose effect is write"],
      ["delete", { outcome: "ok", absent: true }, "said absent of an operation whose effect is delete"],
      ["write", { outcome: "ok", notExecuted: true }, "said notExecuted of what is ok, not rejected"],
      ["write", { outcome: "wrong", notExecuted: true }, "said notExecuted of what is wrong, not rejected"],
      ["write", { outcome: "rejected", notExecuted: 1 }, "gave notExecuted 1; allowed: true or false"],
      ["write", Promise.resolve({ outcome: "ok" }), "returned a promise; it must not be async"],
      [
        "write",
        { outcome: "ok", evidence: new Map() },
        "gave evidence that JSON does not carry: an object of class Map",
      ],
      ["write", { outcome: "ok", evidence: { at: Number.NaN } }, "gave evidence that JSON does not carry: NaN"],
      ["write", { outcome: "ok", evidence: [undefined] }, "gave evidence that JSON does not carry: undefined"],
    ];
    const operations = Object.fromEntries(
      said.map(([effect, judgement], index) => [
        `o${index}`,
        operation("/", { effect, judge: () => judgement as Judgement }),
      ]),
    );
    const { sink } = await tried({ operations, targets: [server.address] });
    expect(said.map((_, id) => sink.endOf(id))).toEqual(
      said.map(([, , why]) => expect.stringContaining(`wrong its judge ${why}`)),
    );
    expect(sink.records.every(({ flags, version }) => flags === 0 && Number.isNaN(version))).toBe(true);
  });

  it("keeps what a judgement says of absence and of refusals, and its evidence within a bound", async () => {
    await using server = await serving((_, response) => response.end());
    const judging = (effect: Effect, judgement: Judgement) => operation("/", { effect, judge: () => judgement });
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const operations = {
      absent: judging("read", { outcome: "ok", absent: true, version: 7 }),
      refused: judging("write", { outcome: "rejected", notExecuted: true }),
      wrong: judging("read", { outcome: "wrong", absent: true }),
      plain: judging("delete", { outcome: "ok", version: 3, absent: false }),
      most: judging("none", { outcome: "ok", evidence: "x".repeat(1022) }),
      more: judging("none", { outcome: "ok", evidence: "x".repeat(1023) }),
      umlauts: judging("none", { outcome: "ok", evidence: "ü".repeat(512) }),
      circle: judging("none", { outcome: "ok", evidence: circle as Json }),
      small: judging("none", { outcome: "rejected", evidence: { rows: [1, null, "two"] } }),
    };
    const kept = new Map<number, Json>();
    let [cut, flushed] = [0, 0];
    const evidence = {
      keep: (id: number, one: Json) => kept.set(id, one),
      leftOut: () => (cut += 1),
      flush: () => (flushed += 1),
    };
    const { sink } = await tried({ operations, targets: [server.address], evidence });
    const flagsById = sink.records.toSorted((one, other) => one.id - other.id).map(({ flags }) => flags);
    expect(flagsById).toEqual([1, 2, 0, 0, 0, 0, 0, 0, 0]);
    expect(sink.records.find(({ id }) => id === 3)).toMatchObject({ value: 3, version: 3 });
    expect([...kept]).toEqual([
      [4, "x".repeat(1022)],
      [8, { rows: [1, null, "two"] }],
    ]);
    expect(cut).toBe(3);
    expect(flushed).toBeGreaterThan(0);
  });

  it.each([1, 100])(
    "counts what was refused as failed: it never was on the wire (connections: %i)",
    async (connections) => {
      const { sink, report, startMs } = await tried({
        operations: { any: operation("/") },
        targets: [await refusing()],
        arrivals: many(50, 0),
        connections,
      });
      expectConserved(sink, report, 50);
      expect(sink.outcomesSeen()).toEqual(["failed"]);
      expect(sink.endOf(0)).toMatch(/^failed connect ECONNREFUSED/);
      expect(sink.records.every(({ wireMs }) => Number.isNaN(wireMs))).toBe(true);
      // Those that wait for their turn to open a connection get it as soon as another is refused.
      expect(Math.max(...sink.records.map(({ endMs }) => endMs)) - startMs).toBeLessThan(10_000);
    },
  );

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
});
