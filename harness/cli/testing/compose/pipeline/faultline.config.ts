import { defineConfig, type HttpReply, container, postgres, redis, seconds, system, workload } from "faultline";

// Made of compose.yaml by `faultline init`. Lines with `// ?` are questions: what that file does not tell.
// ? migrate runs to its end before api-server and worker start, and is no part of the system: who does its work?
// ? board is left out, for the profile watching (--profile)

/** What compose fills in. */
const told: Readonly<Record<string, string | undefined>> = process.env;
const variable = (name: string, otherwise = ""): string => told[name] || otherwise;

const composed = system({
  name: "pipeline",
  // ? is this the one that users ask?
  entry: "api_server",
  components: {
    // ? yours is postgres:16; in its place one is started that Faultline knows
    postgres: postgres({
      database: "pipeline",
      user: "pipeline",
    }),
    // ? yours is redis:7.2-bookworm; in its place one is started that Faultline knows
    redis: redis(),
    api_server: container({
      image: variable("PIPELINE_IMAGE", "registry.example/pipeline:3"),
      command: ["api-server"],
      environment: {
        PIPELINE__API: "http://api-server:8080/execution/",
        PIPELINE__EXAMPLES: "true",
        PIPELINE__COST: "5$",
      },
      port: 8080,
      readyPath: "/api/version",
      links: {
        PIPELINE__DATABASE__URL: { to: "postgres", as: "postgresql+psycopg2://pipeline:pipeline@{host}:{port}/pipeline" },
        PIPELINE__RESULTS: { to: "postgres", as: "db+postgresql://pipeline:pipeline@{host}:{port}/pipeline" },
        PIPELINE__BROKER: { to: "redis", as: "redis://:@{host}:{port}/0" },
      },
    }),
    // ? not carried over: user
    // ? does it listen anywhere? Then it needs a port
    // ? METRICS names several: it is left as it is, past the proxies
    worker: container({
      image: variable("PIPELINE_IMAGE", "registry.example/pipeline:3"),
      command: ["worker"],
      environment: {
        WORKER_SLOTS: "4",
        WORKER_NAME: "base",
        PIPELINE__EXAMPLES: "true",
        PIPELINE__COST: "5$",
        METRICS: "stats-a:8125,stats-b:8125",
      },
      links: {
        PIPELINE__DATABASE__URL: { to: "postgres", as: "postgresql+psycopg2://pipeline:pipeline@{host}:{port}/pipeline" },
        PIPELINE__RESULTS: { to: "postgres", as: "db+postgresql://pipeline:pipeline@{host}:{port}/pipeline" },
        PIPELINE__BROKER: { to: "redis", as: "redis://:@{host}:{port}/0" },
        PIPELINE__API: { to: "api_server", as: "http://{host}:{port}/execution/" },
      },
    }),
    // ? does a path answer 200 when it can serve? Then say so, as readyPath
    stats_a: container({
      image: "registry.example/stats:1",
      port: 8125,
    }),
    // ? does a path answer 200 when it can serve? Then say so, as readyPath
    stats_b: container({
      image: "registry.example/stats:1",
      port: 8125,
    }),
  },
});

// ? what do users do, how often, and what do they take for an answer?
const people = workload({
  name: "people",
  perSecond: 20,
  keys: 1,
  sessions: 5,
  operations: {
    look: {
      weight: 1,
      effect: "read",
      deadline: seconds(2),
      request: () => ({ method: "GET", path: "/api/version" }),
      judge: ({ status }: HttpReply) => ({ outcome: status < 400 ? ("ok" as const) : ("rejected" as const) }),
    },
  },
});
const phases = { warmUp: seconds(1), steady: seconds(4), faults: seconds(4), recovery: seconds(6) };
export const everyday = { system: composed, workload: people, phases };

export default defineConfig({ environment: "containers" });
