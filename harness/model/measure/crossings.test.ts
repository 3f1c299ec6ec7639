import { describe, expect, test } from "vitest";
import type { Evidence } from "../check.ts";
import type { Receipt } from "../fault.ts";
import { historyOf } from "../history.ts";
import type { LinkTraffic } from "../traffic.ts";
import { crossingsOf, metTraffic } from "./crossings.ts";

/** Operations on the wire from and to, each sent to an entry instance. */
function crossed(on: string, operations: readonly [wireMs: number, endMs: number, target: number][], proven = true) {
  const history = historyOf(operations.length);
  for (const [row, [wireMs, endMs, target]] of operations.entries()) {
    history.wireMs[row] = wireMs;
    history.endMs[row] = endMs;
    history.target[row] = target;
  }
  const receipt: Receipt = { injection: "i1", on, requestedMs: 90, healRequestedMs: 200, before: {} };
  const receipts = [proven ? { ...receipt, provenMs: 100 } : receipt];
  return crossingsOf({ history, receipts, entry: ["api-1", "api-2"] } as unknown as Evidence)[0]?.operations;
}

test("what was on the wire while the fault was proven to act crossed it", () => {
  const operations: [number, number, number][] = [
    [80, 99, 0],
    [80, 101, 0],
    [150, 160, 0],
    [199, 400, 0],
    [201, 210, 0],
    [Number.NaN, 150, 0],
  ];
  expect(crossed("api-1->cache", operations)).toBe(3);
  expect(crossed("api-1->cache", operations, false)).toBe(0);
});

test("on a link of one entry instance, only what was sent to it", () => {
  const operations: [number, number, number][] = [
    [150, 160, 0],
    [150, 160, 1],
    [150, 160, 1],
  ];
  expect(crossed("api-1->cache", operations)).toBe(1);
  expect(crossed("clients->api-2", operations)).toBe(2);
  expect(crossed("api-2", operations)).toBe(2);
});

test("behind the entry all may have", () => {
  expect(
    crossed("worker-1->queue", [
      [150, 160, 0],
      [150, 160, 1],
    ]),
  ).toBe(2);
  expect(
    crossed("cache", [
      [150, 160, 0],
      [150, 160, 1],
    ]),
  ).toBe(2);
});

describe("whether a fault on a link met anything", () => {
  /** Everything was seen, and there was nothing. */
  const idle: LinkTraffic = {
    open: 0,
    inUse: 0,
    ended: 0,
    attempts: 0,
    requestBytes: 0,
    replyBytes: 0,
    before: { attempts: 0, requestBytes: 0, replyBytes: 0 },
  };
  const without = (name: keyof LinkTraffic, more: LinkTraffic = {}): LinkTraffic => {
    const { [name]: _, ...rest } = idle;
    return { ...rest, ...more };
  };

  test("nothing, when nothing went over the link, and when its only connection was idle", () => {
    expect(metTraffic({ traffic: idle })).toBe(false);
    expect(metTraffic({ traffic: { ...idle, open: 1 } })).toBe(false);
    // A partition hides what the other end sends, but on an idle connection nothing is expected.
    expect(metTraffic({ traffic: without("replyBytes", { open: 1 }) })).toBe(false);
    expect(metTraffic({ traffic: without("attempts") })).toBe(false);
    // What was used before, and not while it acted, met nothing of it.
    expect(metTraffic({ traffic: { ...idle, inUse: 1, before: { attempts: 9 } } })).toBe(false);
  });

  test.each<[string, LinkTraffic]>([
    ["a connection that was tried", { ...idle, attempts: 1 }],
    ["a request", { ...idle, requestBytes: 1 }],
    ["a reply", { ...idle, replyBytes: 1 }],
    ["a connection in use that ended, as of a breaker that stays away", { ...idle, open: 1, inUse: 1, ended: 1 }],
    ["a reply that a partition dropped", without("replyBytes", { open: 2, inUse: 1 })],
    ["refused connections of a link that was used before", without("attempts", { before: { attempts: 3 } })],
    ["refused connections of a pool that was used before", without("attempts", { before: { requestBytes: 40 } })],
  ])("%s", (_, traffic) => {
    expect(metTraffic({ traffic })).toBe(true);
  });

  test.each<[string, LinkTraffic | undefined]>([
    ["a run of an earlier version", undefined],
    ["no look at the steady phase", without("attempts", { before: {} })],
    ["a kernel that does not say what an open connection carries", { open: 3, attempts: 0 }],
    ["no kernel that could be asked", { attempts: 0 }],
  ])("it can't be known of %s", (_, traffic) => {
    expect(metTraffic(traffic === undefined ? {} : { traffic })).toBeUndefined();
  });

  test("no operation crosses a fault that met nothing; without traffic that was seen, all under way do", () => {
    const history = historyOf(1);
    [history.wireMs[0], history.endMs[0]] = [150, 160];
    const receipt: Receipt = {
      injection: "i1",
      on: "a->b",
      requestedMs: 90,
      provenMs: 100,
      healRequestedMs: 200,
      before: {},
    };
    const operations = (more: Partial<Receipt>): number | undefined =>
      crossingsOf({ history, receipts: [{ ...receipt, ...more }], entry: [] } as unknown as Evidence)[0]?.operations;
    expect(operations({})).toBe(1);
    expect(operations({ traffic: { ...idle, attempts: 1 } })).toBe(1);
    expect(operations({ traffic: idle })).toBe(0);
  });
});
