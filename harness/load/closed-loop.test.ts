import { expect, it } from "vitest";
import type { HttpReply, Operation } from "../model/workload.ts";
import { closedLoop } from "./closed-loop.ts";
import { many, operation, serving, tried } from "./testing/rig.ts";

type Server = Awaited<ReturnType<typeof serving>>;

const answering = (): Promise<Server> =>
  serving((_, response) => {
    response.writeHead(200, { "X-Version": "7", "Set-Cookie": ["a=1", "b=2"], "Content-Type": "text/plain" });
    response.end("ok");
  });

function looped(server: Server, get: Operation) {
  return closedLoop({
    workloads: [{ name: "w", perSecond: 10, keys: 1, sessions: 1, operations: { get } }],
    arrivals: many(10, 1),
    targets: [server.address],
    connections: 1,
    seconds: 0.2,
    runToken: "t",
    signal: new AbortController().signal,
  });
}

it("a judge gets the same headers in a closed loop as in an open one: lower case, what came twice as a list", async () => {
  await using server = await answering();
  const seen: HttpReply["headers"][] = [];
  const get = operation("/", {
    judge: ({ headers }) => {
      seen.push(headers);
      return { outcome: headers["x-version"] === "7" ? "ok" : "wrong" };
    },
  });
  await tried({ operations: { get }, targets: [server.address] });
  const { okRatio } = await looped(server, get);
  const [open, closed] = [seen[0]!, seen.at(-1)!].map((headers) => ({ ...headers, date: undefined }));
  expect(closed).toEqual(open);
  expect(closed).toMatchObject({ "x-version": "7", "set-cookie": ["a=1", "b=2"] });
  expect(okRatio).toBe(1);
});

it("a request that is none is refused, with its operation", async () => {
  await using server = await answering();
  const asked = looped(server, operation("/", { request: (async () => ({ method: "GET", path: "/" })) as never }));
  await expect(asked).rejects.toMatchObject({
    code: "BAD_REQUEST",
    message: expect.stringContaining("workload.operations.get.request"),
  });
});
