import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { probe } from "./probe.ts";

let server: Server;
afterEach(() => server.close());

async function serverThat(handle: (socket: Socket) => void) {
  server = createServer((socket) => {
    socket.on("error", () => undefined);
    handle(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { host: "127.0.0.1", port: (server.address() as { port: number }).port };
}
const ping = { bytes: "PING", understands: (reply: Buffer) => reply.toString() === "PONG" };

test("an answer is measured, also when it comes in pieces", async () => {
  const address = await serverThat((socket) =>
    socket.once("data", () => {
      socket.write("PO");
      setTimeout(() => socket.write("NG"), 20);
    }),
  );
  const result = await probe(address, ping, 5000);
  expect(result.answered).toBe(true);
  expect(result.roundTripMs).toBeGreaterThanOrEqual(15);
});

test.each<[string, (socket: Socket) => void, RegExp]>([
  ["silence", () => undefined, /no answer in 200 ms/],
  ["a close", (socket) => socket.end(), /closed without an answer/],
  ["a reset", (socket) => socket.resetAndDestroy(), /ECONNRESET|closed without/],
  ["something else than an answer", (socket) => socket.write("NOPE"), /no answer in 200 ms/],
])("%s is no answer", async (_what, handle, error) => {
  const result = await probe(await serverThat(handle), ping, 200);
  expect(result).toMatchObject({ answered: false, error: expect.stringMatching(error) });
});

test("a refused connection is no answer", async () => {
  const address = await serverThat(() => undefined);
  server.close();
  await once(server, "close");
  expect(await probe(address, ping, 5000)).toMatchObject({
    answered: false,
    error: expect.stringContaining("ECONNREFUSED"),
  });
});
