import { describe, expect, it } from "vitest";
import { changedNothing, judge, ofSeveral, parse, versionOf, writerOf } from "./shop-api.ts";
import { judgeSearch } from "./shoppers.ts";

const reply = (status: number, body: object | string, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const refusal = { status: 503, code: "unavailable", detail: "not now" };

describe("judge", () => {
  it("takes the expected status with a documented body for ok", () => {
    expect(judge(reply(200, { version: 3 }), 200, ({ version }) => ({ version: Number(version) }))).toEqual({
      outcome: "ok",
      version: 3,
    });
    expect(judge(reply(200, {}), 200, ({ version }) => ({ version: Number(version) })).outcome).toBe("wrong");
    expect(judge(reply(200, {}), 200, () => undefined).outcome).toBe("wrong");
    expect(judge(reply(202, {}), 200, () => ({}))).toMatchObject({ outcome: "wrong", granted: true });
  });

  it("takes a refusal for honest only when it says its code", () => {
    const rejected = { outcome: "rejected", detail: "503 unavailable", notExecuted: true };
    expect(judge(reply(503, refusal), 200, () => ({}))).toEqual(rejected);
    expect(judge(reply(503, {}), 200, () => ({})).outcome).toBe("wrong");
    expect(judge(reply(502, "<html>"), 200, () => ({})).outcome).toBe("wrong");
    expect(judge(reply(200, { code: "unavailable" }), 202, () => ({})).outcome).toBe("wrong");
  });
});

describe("a refusal", () => {
  const refused = (status: number, code: string) => reply(status, { status, code, detail: "" });

  it.each([
    [503, "unavailable"],
    [503, "overloaded"],
    [400, "invalid-request"],
    [401, "unknown-key"],
    [403, "missing-scope"],
    [404, "unknown-product"],
    [412, "version-mismatch"],
    [422, "idempotency-key-reused"],
    [429, "too-many-requests"],
  ])("claims that nothing was changed: %i %s", (status, code) => {
    expect(judge(refused(status, code), 202, () => ({}))).toEqual({
      outcome: "rejected",
      detail: `${status} ${code}`,
      notExecuted: true,
    });
  });

  it.each([
    [504, "outcome-unknown"],
    [409, "request-in-flight"],
    [500, "internal"],
    [503, "not-ready"],
  ])("leaves open what became of it: %i %s", (status, code) => {
    expect(judge(refused(status, code), 202, () => ({}))).toEqual({
      outcome: "rejected",
      detail: `${status} ${code}`,
    });
  });

  it("claims nothing when its body is not the shop's", () => {
    for (const body of [{ code: "unavailable" }, { status: 500, code: "unavailable" }, { status: 503 }, "<html>"]) {
      expect(changedNothing(reply(503, body))).toBe(false);
    }
    expect(changedNothing(reply(202, { status: 202, code: "unavailable" }))).toBe(false);
  });

  it("says nothing of other tries of the same request", () => {
    const last = { outcome: "rejected", notExecuted: true } as const;
    expect(ofSeveral(last, true)).toEqual(last);
    expect(ofSeveral(last, false)).toEqual({ outcome: "rejected", notExecuted: false });
    expect(ofSeveral({ outcome: "ok" }, false)).toEqual({ outcome: "ok" });
  });
});

it("reads a version from what is served as of now, and none from a copy that says that it is one", () => {
  const product = { version: 4, note: "ab12-17" };
  expect(versionOf(reply(200, product, { "x-served": "hit" }), product)).toEqual({ version: 4, value: 17 });
  expect(versionOf(reply(200, product, { "x-served": "stale" }), product)).toEqual({});
});

it("knows who wrote a text of ours", () => {
  expect(writerOf("ab12cd34-17")).toEqual({ value: 17 });
  for (const text of ["", "seed data", "a-b-17", "ab12-sold-out", null, undefined]) expect(writerOf(text)).toEqual({});
});

it("parses objects, and nothing else", () => {
  expect(parse('{"a":1}')).toEqual({ a: 1 });
  for (const body of ["", "{", "null", "17", '"text"']) expect(parse(body)).toBeUndefined();
});

describe("a search for one product", () => {
  const hit = { id: 5, name: "Linen Kettle", note: "ab12-17", version: 4 };
  const found = (hits: readonly object[], degraded = false) =>
    judgeSearch(reply(200, { total: hits.length, hits, degraded }), 5);

  it("tells the version that the index has, and none from a copy", () => {
    expect(found([hit])).toEqual({ outcome: "ok", version: 4, value: 17 });
    expect(found([hit], true)).toEqual({ outcome: "ok" });
  });

  it("is wrong when it finds none, another or several", () => {
    for (const hits of [[], [{ ...hit, id: 6 }], [hit, { ...hit, id: 6 }]]) expect(found(hits).outcome).toBe("wrong");
    expect(judgeSearch(reply(200, {}), 5).outcome).toBe("wrong");
  });
});
