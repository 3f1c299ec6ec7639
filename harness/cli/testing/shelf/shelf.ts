import { fileURLToPath } from "node:url";
import { type HttpReply, type Judgement, redis, seconds, service, system, workload } from "faultline";

const server = fileURLToPath(new URL("./server.ts", import.meta.url));

/**
 * Two web servers over one store.
 * @param options.memory each answers from what it saw last when the store is away
 * @param options.patienceMs how long each waits for the store; default 1000
 */
export const shelf = (options: { storePort?: number; memory?: boolean; patienceMs?: number } = {}) =>
  system({
    name: "shelf",
    entry: "web",
    components: {
      store: redis(options.storePort === undefined ? {} : { port: options.storePort }),
      web: service({
        command: ["node", server],
        instances: 2,
        readyPath: "/ready",
        livePath: "/live",
        environment: {
          ...(options.memory === true ? { MEMORY: "on" } : {}),
          ...(options.patienceMs === undefined ? {} : { PATIENCE_MS: String(options.patienceMs) }),
        },
        links: { STORE_URL: { to: "store", as: "redis://{host}:{port}" } },
      }),
    },
  });

/** They wait longer than a busy machine may stand still. */
const deadline = seconds(6);

/** People look into boxes, and sometimes put something in. */
export const people = workload({
  name: "people",
  perSecond: 200,
  keys: 20,
  sessions: 10,
  operations: {
    look: {
      weight: 9,
      effect: "read",
      deadline,
      request: ({ key }) => ({ method: "GET", path: `/boxes/${key}` }),
      judge,
    },
    put: {
      weight: 1,
      effect: "write",
      deadline,
      request: ({ key, token }) => ({ method: "PUT", path: `/boxes/${key}`, body: token }),
      judge,
    },
  },
});

function judge({ status, body }: HttpReply): Judgement {
  const { version, code } = JSON.parse(body) as { version?: number; code?: string };
  if (status === 200 && version !== undefined) return { outcome: "ok", version };
  return status === 503 && code !== undefined ? { outcome: "rejected", detail: `503 ${code}` } : { outcome: "wrong" };
}

/** As short as a run can be and still tell something. */
export const phases = { warmUp: seconds(0.5), steady: seconds(1.5), faults: seconds(2.5), recovery: seconds(2.5) };
