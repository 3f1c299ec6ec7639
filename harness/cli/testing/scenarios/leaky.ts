import { availability, kill, milliseconds, redis, scenario, seconds, service, system, workload } from "faultline";

// Tells its secrets to everybody: on its standard output, and in its answers.
const program = `
  const { createServer } = require("node:http");
  const { PAYMENT_API_KEY: key, DATABASE: database } = process.env;
  const told = ["connecting to " + database, "payment key " + key, "authorization: Bearer " + key, JSON.stringify({ password: key })];
  createServer((request, reply) => {
    for (const line of told) console.log(new Date().toISOString() + " ERROR " + line);
    if (request.url === "/ready") return reply.end();
    reply.writeHead(500).end("cannot reach " + database + " with " + key);
  }).listen(process.env.PORT, "127.0.0.1");
`;
const secret = "Xk29-fLq_77Zp-secret";

export default scenario({
  name: "a service that tells its secrets",
  expects: "they are nowhere in the run folder",
  system: system({
    name: "leaky",
    entry: "api",
    components: {
      cache: redis(),
      api: service({
        command: ["node", "-e", program],
        readyPath: "/ready",
        environment: { PAYMENT_API_KEY: secret, DATABASE: `postgres://shop:${secret}@db.internal/shop` },
        links: { CACHE: { to: "cache", as: "redis://{host}:{port}" } },
      }),
    },
  }),
  workload: workload({
    name: "callers",
    perSecond: 20,
    keys: 1,
    sessions: 2,
    operations: {
      call: {
        weight: 1,
        effect: "none",
        deadline: milliseconds(1000),
        request: () => ({ method: "GET", path: "/" }),
        judge: ({ body }) => ({ outcome: "rejected", detail: body }),
      },
    },
  }),
  phases: { warmUp: seconds(0.3), steady: seconds(1), faults: seconds(1.5), recovery: seconds(1) },
  faults: [{ at: seconds(0.3), lasting: seconds(0.8), inject: kill("cache") }],
  checks: [availability({ atLeast: 0.5 })],
});
