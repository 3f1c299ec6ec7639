import { createServer } from "node:net";
import { NotExecuted } from "faultline";
import { expect, it } from "vitest";
import { operators } from "./operators.ts";

const draw = { id: 0, key: 0, session: 0, token: "ab12-0" };
const { operations } = operators({ perSecond: 1 });

it("knows that nothing was sent again when it could not even list the dead letters", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const { signal } = new AbortController();
  const performed = operations["redrive"]!.perform!(draw, { target: { host: "127.0.0.1", port }, signal });
  await expect(performed).rejects.toBeInstanceOf(NotExecuted);
});

it("orders nothing that is sold out before there is such a thing", () => {
  expect(() => operations["orderSoldOut"]!.request!(draw)).toThrow("prepare did not run");
});
