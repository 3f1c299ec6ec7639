import { fileURLToPath } from "node:url";
import { type HttpReply, milliseconds, postgres, redis, seconds, service, system, workload } from "faultline";

const server = fileURLToPath(new URL("./server.ts", import.meta.url));

/** A small server that talks to a cache and a database with every request, so that each of their faults has traffic. */
export const twoStores = system({
  name: "two stores",
  entry: "web",
  components: {
    cache: redis(),
    db: postgres({ database: "shop", user: "shop" }),
    web: service({
      command: ["node", server],
      instances: 2,
      readyPath: "/",
      livePath: "/live",
      links: { CACHE: { to: "cache", as: "{host}:{port}" }, DATABASE: { to: "db", as: "{host}:{port}" } },
    }),
  },
});

/** Nobody judges what they get: what is tried is what is left behind. */
export const askers = workload({
  name: "askers",
  perSecond: 40,
  keys: 5,
  sessions: 4,
  operations: {
    ask: {
      weight: 1,
      effect: "none",
      deadline: milliseconds(500),
      request: () => ({ method: "GET", path: "/" }),
      judge: ({ status }: HttpReply) => ({ outcome: status === 200 ? "ok" : "rejected" }),
    },
  },
});

export const phases = { warmUp: seconds(0.3), steady: seconds(1), faults: seconds(4), recovery: seconds(1) };
