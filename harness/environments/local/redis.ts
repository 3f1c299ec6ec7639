import { mkdir } from "node:fs/promises";
import type { RedisSettings } from "../../model/system.ts";
import type { LocalDriver } from "../../pack/local-driver.ts";

export const redisDriver: LocalDriver = {
  kind: "redis",
  // Its data goes away with the run.
  farewell: { signal: "SIGKILL", graceMs: 0 },
  async prepare({ address, definition, folder, tools }) {
    await mkdir(folder, { recursive: true });
    const { configuration = {} } = definition.settings as RedisSettings;
    // A server of our own may be told to sleep: `redisBlock` does.
    const debug = Number.parseInt(tools.versions["redis"] ?? "0", 10) >= 7 ? { "enable-debug-command": "local" } : {};
    const options = {
      save: "",
      ...debug,
      ...configuration,
      port: String(address.port),
      bind: address.host,
      dir: folder,
    };
    return {
      command: tools.redisServer,
      args: Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
      environment: {},
      cwd: folder,
    };
  },
};
