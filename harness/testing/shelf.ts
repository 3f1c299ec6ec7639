import { redis, service, system } from "faultline";

const program = "require('node:http').createServer((_, r) => r.end()).listen(process.env.PORT, '127.0.0.1')";

/** A web server that talks to nobody, and a store: enough to break. */
export const shelf = (command: readonly string[] = ["node", "-e", program]) =>
  system({
    name: "shelf",
    entry: "web",
    components: {
      store: redis(),
      web: service({
        command,
        instances: 2,
        readyPath: "/",
        links: { STORE: { to: "store", as: "{host}:{port}" } },
      }),
    },
  });
