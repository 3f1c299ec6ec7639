import { createServer } from "node:http";
import { parseArgs } from "node:util";

/**
 * A server in a process of its own that keeps the truth: of each request `/<id>` when it came and when its answer was
 * written, in ms on the machine's monotonic clock, and when it was frozen. It prints its port when it listens.
 *
 * `/freeze` freezes it for `--freeze-ms`, as a pause of its garbage collector would; `/fin`, `/rst` and `/silent` answer as
 * they are called; `/journal` tells what it knows.
 */
const { values } = parseArgs({
  options: {
    port: { type: "string" },
    backlog: { type: "string" },
    "delay-ms": { type: "string" },
    "freeze-ms": { type: "string" },
  },
});
const delayMs = Number(values["delay-ms"] ?? 0);
const now = (): number => Number(process.hrtime.bigint()) / 1e6;
const arrivedMs: Record<string, number> = {};
const answeredMs: Record<string, number> = {};
const frozen: [number, number][] = [];

const server = createServer((request, response) => {
  const id = request.url?.slice(1) ?? "";
  request.resume();
  if (id === "silent") return;
  if (id === "fin") request.socket.end();
  else if (id === "rst") request.socket.resetAndDestroy();
  else if (id === "journal") response.end(JSON.stringify({ arrivedMs, answeredMs, frozen }));
  else if (id === "freeze") {
    response.end();
    setImmediate(() => {
      const fromMs = now();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(values["freeze-ms"] ?? 1000));
      frozen.push([fromMs, now()]);
    });
  } else {
    arrivedMs[id] = now();
    response.on("finish", () => {
      answeredMs[id] = now();
    });
    if (delayMs === 0) response.end();
    else setTimeout(() => response.end(), delayMs);
  }
});
server.listen({ host: "127.0.0.1", port: Number(values.port ?? 0), backlog: Number(values.backlog ?? 511) }, () => {
  const address = server.address();
  if (address !== null && typeof address === "object") process.stdout.write(`${address.port}\n`);
});
// It goes away with the test that started it, also when that test is killed.
process.stdin.resume().on("end", () => process.exit());
