import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { defineConfig, type HttpReply, container, postgres, seconds, system, workload } from "faultline";

// Made of compose.yaml by `faultline init`. Lines with `// ?` are questions: what that file does not tell.

/** The variables of a file beside this one. */
function envFile(path: string): Record<string, string> {
  return parseEnv(readFileSync(new URL(path, import.meta.url), "utf8")) as Record<string, string>;
}

/** What compose fills in. */
const told: Readonly<Record<string, string | undefined>> = { ...envFile(".env"), ...process.env };
const variable = (name: string, otherwise = ""): string => told[name] || otherwise;

const composed = system({
  name: "gallery",
  // ? is this the one that users ask?
  entry: "server",
  components: {
    server: container({
      image: `registry.example/gallery/server:${variable("GALLERY_VERSION", "stable")}`,
      environment: {
        ...envFile("server.env"),
      },
      port: 2283,
      readyPath: "/api/ping",
      links: {
        LEGACY_QUEUE: { to: "queue", as: (envFile("server.env")["LEGACY_QUEUE"] ?? "").replace("queue:6379", "{host}:{port}") },
        QUEUE_HOSTNAME: { to: "queue", as: "{host}" },
        // ? is there such a variable? QUEUE_HOSTNAME named only the host
        QUEUE_PORT: { to: "queue", as: "{port}" },
        DATABASE_URL: { to: "database", as: `postgresql://${variable("DB_USER")}:${variable("DB_PASSWORD")}@{host}:{port}/${variable("DB_NAME", "gallery")}` },
        LEARNING_URL: { to: "learning", as: "http://{host}:{port}/v1" },
      },
    }),
    // ? not carried over: volumes
    // ? does a path answer 200 when it can serve? Then say so, as readyPath
    learning: container({
      image: `registry.example/gallery/learning:${variable("GALLERY_VERSION", "stable")}`,
      port: 3003,
    }),
    // ? does a path answer 200 when it can serve? Then say so, as readyPath
    // ? with a password it is no `redis` of Faultline's, and there are no faults of Redis; without one there are
    queue: container({
      image: "valkey/valkey:8@sha256:0000000000000000000000000000000000000000000000000000000000000000",
      command: ["valkey-server", "--requirepass", variable("QUEUE_PASSWORD")],
      port: 6379,
    }),
    // ? yours is registry.example/gallery/postgres:16-vectors; in its place one is started that Faultline knows
    database: postgres({
      database: variable("DB_NAME", "gallery"),
      user: variable("DB_USER"),
      configuration: { max_connections: "40" },
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
      request: () => ({ method: "GET", path: "/api/ping" }),
      judge: ({ status }: HttpReply) => ({ outcome: status < 400 ? ("ok" as const) : ("rejected" as const) }),
    },
  },
});
const phases = { warmUp: seconds(1), steady: seconds(4), faults: seconds(4), recovery: seconds(6) };
export const everyday = { system: composed, workload: people, phases };

export default defineConfig({ environment: "containers" });
