import { describe, expect, it } from "vitest";
import { keepers } from "./seed.ts";
import {
  forgedKey,
  judgeForeignProduct,
  judgeForeignSearch,
  judgeRevocable,
  judgeTurnedAway,
  strangers,
} from "./strangers.ts";

const reply = (status: number, body: object) => ({ status, headers: {}, body: JSON.stringify(body) });
const refused = (status: number, code: string) => reply(status, { status, code, detail: "" });
const letIn = { outcome: "wrong", granted: true };
const keptOut = { outcome: "ok", granted: false };
const notTold = { outcome: "rejected", granted: false };

it("forges keys that nobody was given", () => {
  for (const id of [0, 1]) {
    expect(forgedKey({ id, token: `ab12-${id}` })).toMatch(/^acme\.keeper\./);
    expect(Object.values(keepers)).not.toContain(forgedKey({ id, token: `ab12-${id}` }));
  }
});

it("turns strangers away: only a clear no is ok, a refusal is honest, and all else let them in", () => {
  expect(judgeTurnedAway(refused(401, "unknown-key"))).toEqual({ ...keptOut, detail: "401 unknown-key" });
  expect(judgeTurnedAway(refused(403, "missing-scope"))).toMatchObject(keptOut);
  expect(judgeTurnedAway(refused(503, "unavailable"))).toMatchObject({ ...notTold, notExecuted: true });
  expect(judgeTurnedAway(refused(429, "too-many-requests"))).toMatchObject(notTold);
  expect(judgeTurnedAway(reply(200, { id: 1 }))).toMatchObject(letIn);
  expect(judgeTurnedAway(reply(202, { orderId: "1" }))).toMatchObject(letIn);
  expect(judgeTurnedAway({ status: 204, headers: {}, body: "" })).toMatchObject(letIn);
  expect(judgeTurnedAway(refused(404, "unknown-key-id"))).toMatchObject(notTold);
  expect(judgeTurnedAway(refused(404, "unknown-key-id"), [404])).toMatchObject(keptOut);
});

describe("a foreigner", () => {
  it("gets their own product, and not ours under the same id", () => {
    expect(judgeForeignProduct(reply(200, { tenant: "globex", id: 1 }))).toMatchObject(keptOut);
    expect(judgeForeignProduct(reply(200, { tenant: "acme", id: 1 }))).toMatchObject(letIn);
    expect(judgeForeignProduct(reply(200, { id: 1 }))).toMatchObject(letIn);
    expect(judgeForeignProduct(refused(503, "unavailable"))).toMatchObject(notTold);
  });

  it("finds none of our products", () => {
    expect(judgeForeignSearch(reply(200, { hits: [] }))).toMatchObject(keptOut);
    expect(judgeForeignSearch(reply(200, { hits: [{ name: "Golden Kettle" }] }))).toMatchObject(keptOut);
    const both = [{ name: "Golden Kettle" }, { name: "Copper Kettle" }];
    expect(judgeForeignSearch(reply(200, { hits: both }))).toMatchObject(letIn);
    expect(judgeForeignSearch(reply(200, {})).outcome).toBe("wrong");
    expect(judgeForeignSearch(refused(503, "unavailable"))).toMatchObject(notTold);
  });
});

it("a key that may have been revoked is ok both ways, and tells which", () => {
  expect(judgeRevocable(reply(200, { version: 1 }), 200, "version")).toMatchObject({ outcome: "ok", granted: true });
  expect(judgeRevocable(refused(401, "unknown-key"), 200, "version")).toMatchObject(keptOut);
  expect(judgeRevocable(refused(503, "unavailable"), 200, "version")).toMatchObject(notTold);
  expect(judgeRevocable(reply(200, {}), 200, "version")).toMatchObject(letIn);
});

it("refuses to send anything with a key that nobody was given", () => {
  const { useKey } = strangers({ perSecond: 1 }).operations;
  expect(() => useKey?.request?.({ id: 0, key: 3, session: 0, token: "ab12-0" })).toThrow("prepare did not run");
});
