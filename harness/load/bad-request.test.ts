import { expect, it } from "vitest";
import type { HttpRequest } from "../model/workload.ts";
import { MemorySink, operation, serving, tried } from "./testing/rig.ts";

const get = { method: "GET", path: "/" } as const;

it.each<[unknown, string]>([
  [undefined, "it is undefined"],
  [Promise.resolve(get), "it is a promise; `request` must not be async"],
  [{ path: "/" }, "method is undefined"],
  [{ ...get, method: "get" }, "method is 'get'"],
  [{ ...get, path: undefined }, 'path is undefined, which does not start with "/"'],
  [{ ...get, path: "products" }, `path is 'products', which does not start with "/"`],
  [{ ...get, path: "/a b" }, "invalid request path"],
  [{ ...get, body: { a: 1 } }, "body is { a: 1 }"],
  [{ ...get, headers: ["a", "b"] }, "headers is [ 'a', 'b' ]"],
  [{ ...get, headers: { "x-a": 1 } }, 'headers["x-a"] is 1'],
  [{ ...get, headers: { "x-a": "a\nb" } }, "invalid x-a header"],
])("a request that is %j ends the load, naming operation, field and value", async (request, problem) => {
  await using server = await serving((_, response) => response.end());
  const sink = new MemorySink();
  const buy = operation("/", { request: () => request as HttpRequest });
  await expect(tried({ operations: { buy }, targets: [server.address], writer: sink })).rejects.toMatchObject({
    code: "BAD_REQUEST",
    exit: 64,
    problems: [
      {
        where: "workload.operations.buy.request",
        message: `what it returned for operation 0 is no request: ${problem}`,
      },
    ],
  });
  expect(sink.outcomesSeen()).toEqual(["failed"]);
});

it("a request with all that HTTP allows is sent", async () => {
  await using server = await serving((_, response) => response.end());
  const all = operation("/", {
    request: () => ({ method: "PATCH", path: "/?a=%20", headers: { "x-a": "" }, body: "" }),
  });
  const { sink } = await tried({ operations: { all }, targets: [server.address] });
  expect(sink.outcomesSeen()).toEqual(["ok"]);
});
