import { mkdir } from "node:fs/promises";
import type { RedisSettings } from "../../model/system.ts";
import { type Greeting, probe } from "../../network/probe.ts";
import type { Driver } from "./driver.ts";

/** Also while it loads its data Redis answers, but with `-LOADING`, which is not an answer yet. */
const ping: Greeting = { bytes: "PING\r\n", understands: (reply) => reply.toString("latin1").startsWith("+PONG") };

export const redisDriver: Driver = {
  kind: "redis",
  // Its data goes away with the run.
  farewell: { signal: "SIGKILL", graceMs: 0 },
  async prepare({ address, definition, folder, tools }) {
    await mkdir(folder, { recursive: true });
    const { configuration = {} } = definition.settings as RedisSettings;
    const options = { save: "", ...configuration, port: String(address.port), bind: address.host, dir: folder };
    return {
      command: tools.redisServer,
      args: Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
      environment: {},
      cwd: folder,
    };
  },
  isReady: async ({ address }, deadlineMs) => (await probe(address, ping, deadlineMs)).answered,
  greeting: () => ping,
};
