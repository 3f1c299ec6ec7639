// A worker over one store. While the store does not answer it waits; or it ends at its start, or calls itself not alive, as
// NEEDY says.
import { createServer } from "node:http";
import { connect } from "node:net";

const needy = process.env["NEEDY"] ?? "";
const { hostname, port } = new URL(process.env["STORE_URL"] ?? "");
let isReady = false;
let isLive = true;

/** Whether the store answers within a second. */
const ping = (): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write("PING\r\n"));
    const done = (answers: boolean): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.once("data", () => done(true));
    socket.once("error", () => done(false)).once("close", () => done(false));
    socket.setTimeout(1000, () => done(false));
  });

async function look(): Promise<void> {
  const answers = await ping();
  if (!answers && needy === "at its start" && !isReady) {
    console.log("the store is away, and so am I");
    process.exit(1);
  }
  isReady ||= answers;
  isLive = answers || needy !== "to be alive";
  setTimeout(() => void look(), 50);
}

createServer((request, reply) => {
  const isWell = request.url === "/ready" ? isReady : request.url === "/live" ? isLive : true;
  reply.writeHead(isWell ? 200 : 503).end();
}).listen(Number(process.env["PORT"]), process.env["HOST"] ?? "127.0.0.1", () => void look());
