import { describe, expect, test } from "vitest";
import type { ConnectionLook, LinkLook } from "../model/traffic.ts";
import { type Looks, trafficOf } from "./link-traffic.ts";

const open = (requestBytes: number, replyBytes: number): ConnectionLook => ({ isOpen: true, requestBytes, replyBytes });
const over: ConnectionLook = { isOpen: false };

function look(
  connections: Readonly<Record<string, ConnectionLook>>,
  accepted = 0,
  closed = { requestBytes: 0, replyBytes: 0 },
): LinkLook {
  return { connections: new Map(Object.entries(connections)), accepted, closed };
}
const traffic = (looks: Omit<Looks, "between"> & Partial<Looks>, uncounted?: Parameters<typeof trafficOf>[1]) =>
  trafficOf({ between: [], ...looks }, uncounted);

describe("of a pool of connections", () => {
  const steady = look({ a: open(100, 1000), idle: open(80, 90) }, 2);
  const struck = look({ a: open(300, 3000), b: open(50, 500), idle: open(80, 90) }, 3);

  test("the bytes of those that stay are those that came since, and one that carried nothing is not in use", () => {
    const end = look({ a: open(360, 3000), b: open(50, 500), idle: open(80, 90) }, 3);
    expect(traffic({ steady, struck, end })).toEqual({
      open: 3,
      inUse: 2,
      ended: 0,
      attempts: 0,
      requestBytes: 60,
      replyBytes: 0,
      before: { attempts: 1, requestBytes: 250, replyBytes: 2500 },
    });
  });

  test("those that are cut count by what the proxy says of them, and as ended", () => {
    const end = look({ a: over, b: over, idle: over }, 3, { requestBytes: 430, replyBytes: 3590 });
    expect(traffic({ steady, struck, end }, "connections")).toEqual({
      open: 3,
      inUse: 2,
      ended: 2,
      requestBytes: 0,
      replyBytes: 0,
      before: { attempts: 1, requestBytes: 250, replyBytes: 2500 },
    });
  });

  test("an idle one that ends is no traffic, whatever a probe of our own carried meanwhile", () => {
    const [before, after] = [look({ idle: open(80, 90) }, 1), look({}, 1, { requestBytes: 95, replyBytes: 99 })];
    expect(traffic({ steady: before, struck: before, end: after })).toMatchObject({
      inUse: 0,
      ended: 0,
      attempts: 0,
      requestBytes: 0,
      replyBytes: 0,
    });
  });

  test("another connection from a port that was used before counts with all that it carried", () => {
    const end = look({ a: open(20, 30) }, 4);
    expect(traffic({ struck, end })).toMatchObject({ attempts: 1, requestBytes: expect.any(Number) });
    expect(traffic({ struck: look({ a: open(300, 3000) }), end: look({ a: open(20, 30) }) })).toMatchObject({
      requestBytes: 20,
      replyBytes: 30,
    });
  });
});

describe("of short connections", () => {
  test("each is an attempt by the proxy's own count, also one of which the kernel keeps nothing", () => {
    const struck = look({ old: over }, 40, { requestBytes: 4000, replyBytes: 8000 });
    const end = look({}, 52, { requestBytes: 5200, replyBytes: 8000 });
    expect(traffic({ steady: look({}), struck, end })).toEqual({
      open: 0,
      inUse: 0,
      ended: 0,
      attempts: 12,
      requestBytes: 1200,
      replyBytes: 0,
      before: { attempts: 40, requestBytes: 4000, replyBytes: 8000 },
    });
  });

  test("where the proxy does not count them, those that were seen at any look", () => {
    const { connections: at } = look({ old: over });
    const seen = (...ids: readonly string[]): LinkLook => ({ connections: new Map(ids.map((id) => [id, over])) });
    expect(trafficOf({ struck: { connections: at! }, between: [seen("x"), seen("y", "old")], end: seen("y") })).toEqual(
      {
        open: 0,
        attempts: 2,
        requestBytes: 0,
        replyBytes: 0,
      },
    );
  });
});

describe("what can't be seen is absent", () => {
  test("the bytes of open connections, where the kernel does not say", () => {
    const blind = { connections: new Map([["a", { isOpen: true }]]), accepted: 1 };
    expect(traffic({ steady: blind, struck: blind, end: blind })).toEqual({
      open: 1,
      attempts: 0,
      before: { attempts: 0 },
    });
  });

  test("open connections, where there is no kernel that could be asked", () => {
    expect(traffic({ struck: { accepted: 1 }, end: { accepted: 4 } })).toEqual({ attempts: 3 });
  });

  test("what the fault hides, unless some of it was seen", () => {
    const [none, some] = [look({ a: open(1, 1) }), look({ a: open(1, 2) }, 1)];
    expect(traffic({ struck: none, end: none }, "replies")).not.toHaveProperty("replyBytes");
    expect(traffic({ struck: none, end: some }, "replies")).toMatchObject({ replyBytes: 1 });
    expect(traffic({ struck: none, end: none }, "connections")).not.toHaveProperty("attempts");
    expect(traffic({ struck: none, end: some }, "connections")).toMatchObject({ attempts: 1 });
  });
});
