import { openSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import { parseArgs } from "node:util";

/**
 * The system of the worked example, in a process of its own: it takes an order after a millisecond and holds it in memory,
 * so that it is lost with the process. What really happened it writes into a journal file that outlives it, in ms on
 * the machine's monotonic clock: `up <ms>`, `frozen <from> <to>`, `answered <ms> <id>`. It prints its port.
 *
 * `POST /orders/<id>` (or `/orders`, with an id of the server's own) · `GET /orders` tells all ids · `POST /freeze` freezes it.
 * With `--instant` it answers at once and keeps nothing: a target that costs as little as can be.
 */
const { values } = parseArgs({
  options: {
    journal: { type: "string" },
    port: { type: "string" },
    "freeze-ms": { type: "string" },
    instant: { type: "boolean" },
  },
});
const now = (): number => Number(process.hrtime.bigint()) / 1e6;
const journal = values.journal === undefined ? undefined : openSync(values.journal, "a");
const note = (...words: readonly (string | number)[]): void => {
  if (journal !== undefined) writeSync(journal, `${words.join(" ")}\n`);
};
const orders = new Set<string>();
let ownIds = 0;

function freeze(): void {
  const fromMs = now();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(values["freeze-ms"] ?? 1000));
  note("frozen", fromMs, now());
}

const server = createServer((request, response) => {
  request.resume();
  if (values.instant === true) {
    response.end("ok");
    return;
  }
  if (request.method === "GET") {
    response.end(JSON.stringify([...orders]));
    return;
  }
  if (request.url === "/freeze") {
    response.end();
    setImmediate(freeze);
    return;
  }
  setTimeout(() => {
    ownIds += 1;
    const id = request.url?.slice("/orders/".length) || `own-${process.pid}-${ownIds}`;
    orders.add(id);
    response.on("finish", () => note("answered", now(), id));
    response.end("ok");
  }, 1);
});
server.keepAliveTimeout = 60_000;
server.listen({ host: "127.0.0.1", port: Number(values.port ?? 0) }, () => {
  note("up", now());
  const address = server.address();
  if (address !== null && typeof address === "object") process.stdout.write(`${address.port}\n`);
});
// It goes away with the bench, also when that is killed.
process.stdin.resume().on("end", () => process.exit());
