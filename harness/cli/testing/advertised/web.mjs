// Asks the broker's proxy once where the broker is, and goes there; with FOLLOWS=off it stays with the proxy. KEEPS: the
// connection that it asked on stays open. BREAKER: it does not ask any more once it had no answer.
import { Agent, createServer, get } from "node:http";

const { BROKER_URL = "", FOLLOWS, KEEPS, BREAKER, PORT } = process.env;
/** @param {string} url @param {Agent} agent @returns {Promise<string>} */
const ask = (url, agent) =>
  new Promise((resolve, reject) => {
    const request = get(url, { agent, timeout: 500 }, (reply) => {
      let text = "";
      reply.on("data", (part) => {
        text += part;
      });
      reply.on("end", () => resolve(text));
      reply.on("error", reject);
    });
    request.on("timeout", () => request.destroy(new Error("no answer")));
    request.on("error", reject);
  });

const first = new Agent({ keepAlive: KEEPS === "on" });
const { advertised } = JSON.parse(await ask(`${BROKER_URL}/metadata`, first));
const pool = new Agent({ keepAlive: true });
const target = FOLLOWS === "off" ? BROKER_URL : advertised;
let isBroken = false;
createServer((_, reply) => {
  if (isBroken) return reply.writeHead(503).end();
  ask(target, pool).then(
    () => reply.end("{}"),
    () => {
      isBroken = BREAKER === "on";
      reply.writeHead(503).end();
    },
  );
}).listen(Number(PORT), "127.0.0.1");
