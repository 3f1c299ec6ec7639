import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Judgement } from "faultline";
import { expect, it } from "vitest";
import { insistToTheEnd } from "./insistent.ts";
import { order } from "./shop-api.ts";

/** What becomes of an order that is sent again and again for so long, where the shop answers each try in turn, and the last for ever. */
async function insisted(
  answers: readonly ((response: ServerResponse) => unknown)[],
  forMs = 3000,
): Promise<{ readonly judgement: Judgement; readonly tries: number }> {
  let tries = 0;
  const server = createServer((_, response) => {
    tries += 1;
    (answers[tries - 1] ?? answers.at(-1))?.(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const insisting = { untilMs: performance.now() + forMs, signal: new AbortController().signal };
  try {
    const judgement = await insistToTheEnd({ host: "127.0.0.1", port }, order("a key", 1, "token-1"), insisting);
    return { judgement, tries };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const answering = (status: number, body: object) => (response: ServerResponse) =>
  response.writeHead(status).end(JSON.stringify({ status, ...body }));
const busy = answering(409, { code: "request-in-flight" });
const taken = (orderId: string) => answering(202, { orderId, status: "pending" });
const breaking = (response: ServerResponse) => response.socket?.destroy();

it("insists through refusals and broken connections until the order is taken, and asks once more", async () => {
  const away = answering(503, { code: "unavailable" });
  expect(await insisted([busy, breaking, away, taken("one")])).toEqual({ judgement: { outcome: "ok" }, tries: 5 });
});

it("takes a refusal for good at once", async () => {
  const { judgement, tries } = await insisted([answering(422, { code: "unknown-product" })]);
  expect(judgement).toEqual({ outcome: "rejected", detail: "422 unknown-product", notExecuted: true });
  expect(tries).toBe(1);
});

it.each([
  { what: "may have been taken", earlier: [breaking], isUnchanged: false },
  {
    what: "claimed to have changed nothing as well",
    earlier: [answering(503, { code: "overloaded" })],
    isUnchanged: true,
  },
])("takes a refusal's word for all tries only where an earlier one $what", async ({ earlier, isUnchanged }) => {
  const { judgement } = await insisted([...earlier, answering(422, { code: "unknown-product" })]);
  expect(judgement).toEqual({ outcome: "rejected", detail: "422 unknown-product", notExecuted: isUnchanged });
});

it("says in the end what it was refused with, and for how long", async () => {
  const { judgement, tries } = await insisted([busy], 1500);
  expect(judgement).toEqual({
    outcome: "rejected",
    detail: expect.stringMatching(/^409 request-in-flight, \d tries in 0\.\d s$/),
  });
  expect(tries).toBeGreaterThan(2);
});

it("leaves open what became of it where the last try had no answer", async () => {
  await expect(insisted([busy, breaking], 1500)).rejects.toThrow(/^no answer to the last of \d tries in 0\.\d s: /);
});

it("finds that one key was given two orders, and does not mind that the second answer is none", async () => {
  const two = await insisted([taken("one"), taken("two")]);
  expect(two.judgement).toEqual({ outcome: "wrong", detail: "one key, two orders: one and two" });
  for (const second of [busy, breaking]) {
    const { judgement } = await insisted([taken("one"), second]);
    expect(judgement).toEqual({ outcome: "ok" });
  }
});
