import { createServer } from "node:http";
import { parseArgs } from "node:util";

/**
 * A server in a process of its own, for tests that stop or kill it. It answers at once, with the moment at which it did
 * (ms on the monotonic clock of the machine), and prints its port.
 */
const { values } = parseArgs({ options: { port: { type: "string" }, backlog: { type: "string" } } });
const server = createServer((request, response) => {
  request.resume().on("end", () => response.end(JSON.stringify({ handledMs: Number(process.hrtime.bigint()) / 1e6 })));
});
server.listen({ host: "127.0.0.1", port: Number(values.port ?? 0), backlog: Number(values.backlog ?? 511) }, () => {
  const address = server.address();
  if (address !== null && typeof address === "object") process.stdout.write(`${address.port}\n`);
});
// It goes away with the test that started it, also when that test is killed.
process.stdin.resume().on("end", () => process.exit());
