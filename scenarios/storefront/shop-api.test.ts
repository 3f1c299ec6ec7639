import { describe, expect, it } from "vitest";
import { judge, parse, versionOf, writerOf } from "./shop-api.ts";
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
    expect(judge(reply(503, refusal), 200, () => ({}))).toEqual({ outcome: "rejected", detail: "503 unavailable" });
    expect(judge(reply(503, {}), 200, () => ({})).outcome).toBe("wrong");
    expect(judge(reply(502, "<html>"), 200, () => ({})).outcome).toBe("wrong");
    expect(judge(reply(200, { code: "unavailable" }), 202, () => ({})).outcome).toBe("wrong");
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
