import type { Draw, HttpReply } from "faultline";
import { defineConfig, nothingHangs, postgres, redis, seconds, service, system, workload } from "faultline";

const notes = system({
  name: "notes",
  entry: "web",
  components: {
    db: postgres({ database: "notes", user: "notes" }),
    cache: redis(),
    web: service({
      command: ["node", "server.js"],
      prepare: ["node", "server.js", "migrate"],
      readyPath: "/ready",
      livePath: "/live",
      instances: 2,
      links: {
        DATABASE_URL: { to: "db", as: "postgres://notes@{host}:{port}/notes" },
        CACHE_URL: { to: "cache", as: "redis://{host}:{port}" },
      },
    }),
  },
});

const judge = ({ status, body }: HttpReply) =>
  status === 200 ? { outcome: "ok" as const, version: JSON.parse(body).version } : { outcome: "rejected" as const };
const path = ({ key }: Draw) => `/notes/n${key}`;
const each = { weight: 1, deadline: seconds(1.5), judge };
const people = workload({
  name: "people",
  perSecond: 100,
  keys: 40,
  sessions: 20,
  operations: {
    read: { ...each, weight: 4, effect: "read", request: (draw) => ({ method: "GET", path: path(draw) }) },
    write: { ...each, effect: "write", request: (draw) => ({ method: "PUT", path: path(draw), body: "x" }) },
  },
});
const phases = { warmUp: seconds(1), steady: seconds(4), faults: seconds(4), recovery: seconds(6) };
export const everyday = { system: notes, workload: people, phases };
export default defineConfig({ budgets: [nothingHangs({ atMost: 0.05 })] });
