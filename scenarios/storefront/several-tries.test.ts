import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Address } from "faultline";
import { describe, expect, it } from "vitest";
import { sendToOne } from "./balanced.ts";
import { insist } from "./impatient.ts";
import { order } from "./shop-api.ts";

// One order, sent several times: an answer speaks for its own try, and for no other.

type Step = (response: ServerResponse) => unknown;

const refusing =
  (status: number, code: string): Step =>
  (response) =>
    response.writeHead(status).end(JSON.stringify({ status, code, detail: "" }));
const away = refusing(503, "unavailable");
const breaking: Step = (response) => response.socket?.destroy();

const request = order("a key", 1, "token-1");
const { signal } = new AbortController();

/** With a shop that answers each request in turn, and the last for ever. */
async function withShop<T>(steps: readonly Step[], body: (shop: Address) => Promise<T>): Promise<T> {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    (steps[asked - 1] ?? steps.at(-1))?.(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await body({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("an impatient customer", () => {
  const insisted = (...steps: readonly Step[]) => withShop(steps, (shop) => insist(shop, request, signal));

  it("knows that nothing was changed when each answer says so", async () => {
    expect(await insisted(away)).toEqual({ outcome: "rejected", detail: "503 unavailable", notExecuted: true });
  });

  it.each([
    ["had no answer", breaking],
    ["was told of another one under way", refusing(409, "request-in-flight")],
    ["may have been executed", refusing(504, "outcome-unknown")],
  ])("leaves it open when one of them %s", async (_what, step) => {
    await expect(insisted(step, away)).rejects.toThrow("not taken in 6 tries");
  });
});

describe("a load balancer", () => {
  const sent = (...steps: readonly Step[]) =>
    withShop(steps, (shop) => sendToOne([shop, shop, shop], request, signal)).then(
      ({ reply: { status }, othersChangedNothing }) => ({ status, othersChangedNothing }),
    );

  it.each([
    ["the first one", [refusing(422, "unknown-product")], { status: 422, othersChangedNothing: true }],
    ["the last of three", [away, away, away], { status: 503, othersChangedNothing: true }],
    ["one after a broken connection", [breaking, away, away], { status: 503, othersChangedNothing: false }],
    [
      "one after another's 503",
      [(response: ServerResponse) => response.writeHead(503).end(), away, away],
      { status: 503, othersChangedNothing: false },
    ],
  ])("says what an answer says of all who were asked: %s", async (_what, steps, expected) => {
    expect(await sent(...steps)).toEqual(expected);
  });
});
