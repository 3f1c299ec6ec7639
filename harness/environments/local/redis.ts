import { mkdir } from "node:fs/promises";
import type { RedisSettings } from "../../model/system.ts";
import { type Greeting, probe } from "../../network/probe.ts";
import type { Driver } from "./driver.ts";
import { LocalRedisControl } from "./redis-control.ts";
import { redisSnapshot } from "./redis-snapshot.ts";

/** Also while it loads its data Redis answers, but with `-LOADING`, which is not an answer yet. */
const understands = (reply: Buffer): boolean => reply.toString("latin1").startsWith("+PONG");
/** Spaces before a command of the inline protocol mean nothing; a line may have 64 KB. */
const ping: Greeting = {
  bytes: "PING\r\n",
  understands,
  inBulk: { bytes: `${" ".repeat(8000)}PING\r\n`, understands },
};

export const redisDriver: Driver = {
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
  isReady: async ({ address }, deadlineMs) => (await probe(address, ping, deadlineMs)).answered,
  async openControls({ instance, address }) {
    const redis = await LocalRedisControl.open(instance, address);
    return { controls: { redis }, snapshot: () => redisSnapshot(redis), close: () => Promise.resolve(redis.close()) };
  },
  greeting: () => ping,
};
