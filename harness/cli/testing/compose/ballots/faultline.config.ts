import { defineConfig, type HttpReply, container, postgres, redis, seconds, system, workload } from "faultline";

// Made of compose.yaml by `faultline init`. Lines with `// ?` are questions: what that file does not tell.
// ? GREETING is not set, and compose takes nothing for it

/** What compose fills in. */
const told: Readonly<Record<string, string | undefined>> = process.env;
const variable = (name: string, otherwise = ""): string => told[name] || otherwise;

const composed = system({
  name: "ballots",
  // ? is this the one that users ask?
  entry: "poll",
  components: {
    // ? its image must be built before: `docker compose build`
    // ? not carried over: volumes
    // ? does a path answer 200 when it can serve? Then say so, as readyPath
    // ? it depends on cache, but no variable says where that is: by its name in the code? Then its link can't be broken
    poll: container({
      image: "ballots-poll",
      command: ["python", "poll app.py"],
      port: 80,
    }),
    // ? its image must be built before: `docker compose build`
    // ? does a path answer 200 when it can serve? Then say so, as readyPath
    // ? it listens on 9229, too; a component has one port
    tally: container({
      image: "ballots-tally",
      environment: {
        GREETING: variable("GREETING"),
      },
      port: 3000,
      links: {
        STORE_HOST: { to: "store", as: "{host}" },
        // ? is there such a variable? STORE_HOST named only the host
        STORE_PORT: { to: "store", as: "{port}" },
      },
    }),
    // ? its image must be built before: `docker compose build`
    // ? does it listen anywhere? Then it needs a port
    // ? it depends on cache, but no variable says where that is: by its name in the code? Then its link can't be broken
    // ? it depends on store, but no variable says where that is: by its name in the code? Then its link can't be broken
    mover: container({
      image: "ballots-mover",
      instances: 2,
    }),
    // ? yours is redis:alpine; in its place one is started that Faultline knows
    cache: redis({
      configuration: { maxmemory: "64mb" },
    }),
    // ? yours is postgres:17; in its place one is started that Faultline knows
    store: postgres({
      database: "postgres",
      user: "postgres",
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
      request: () => ({ method: "GET", path: "/" }),
      judge: ({ status }: HttpReply) => ({ outcome: status < 400 ? ("ok" as const) : ("rejected" as const) }),
    },
  },
});
const phases = { warmUp: seconds(1), steady: seconds(4), faults: seconds(4), recovery: seconds(6) };
export const everyday = { system: composed, workload: people, phases };

export default defineConfig({ environment: "containers" });
