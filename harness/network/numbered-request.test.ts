import { expect, it } from "vitest";
import { numberedRequest } from "./numbered-request.ts";

it("gives each request a number of its own, in its path, its headers and its body", () => {
  const next = numberedRequest(
    {
      method: "POST",
      path: "/a/{n}",
      headers: { key: "k-{n}", plain: "p" },
      body: '{"n":{n},"m":{n}}',
    },
    0,
  )!;
  expect([next({}), next({})]).toStrictEqual([
    { method: "POST", path: "/a/1", headers: { key: "k-1", plain: "p" }, body: '{"n":1,"m":1}' },
    { method: "POST", path: "/a/2", headers: { key: "k-2", plain: "p" }, body: '{"n":2,"m":2}' },
  ]);
});

it.each([{ path: "/{n}" }, { path: "/", headers: { key: "{n}" } }, { path: "/", body: "{n}" }])(
  "finds the placeholder in %j",
  (request) => {
    expect(numberedRequest(request, 0)).toBeDefined();
  },
);

it("leaves a request without a placeholder as it is", () => {
  expect(numberedRequest({ path: "/n", headers: { key: "n" }, body: '{ "n": 1 }' }, 0)).toBeUndefined();
});

it("keeps what the generator added", () => {
  expect(numberedRequest({ path: "/{n}" }, 0)!({ servername: "x" })).toStrictEqual({
    servername: "x",
    path: "/1",
    headers: {},
  });
});

it("gives no two floods the same number", () => {
  const first = (flood: number): string => numberedRequest({ path: "/{n}" }, flood)!({}).path;
  expect([first(0), first(1), first(2)]).toStrictEqual(["/1", "/1000001", "/2000001"]);
});
