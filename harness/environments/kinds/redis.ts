import { type Greeting, probe } from "../../network/probe.ts";
import type { ComponentKind } from "../../pack/component-kind.ts";
import { RedisServerControl } from "./redis-control.ts";
import { redisSnapshot } from "./redis-snapshot.ts";

/** Also while it loads its data Redis answers, but with `-LOADING`, which is not an answer yet. */
const understands = (reply: Buffer): boolean => reply.toString("latin1").startsWith("+PONG");
/** Spaces before a command of the inline protocol mean nothing; a line may have 64 KB. */
export const redisPing: Greeting = {
  bytes: "PING\r\n",
  understands,
  inBulk: { bytes: `${" ".repeat(8000)}PING\r\n`, understands },
};

export const redisKind: ComponentKind = {
  kind: "redis",
  isReady: async ({ address }, deadlineMs) => (await probe(address, redisPing, deadlineMs)).answered,
  async openControls({ instance, address }) {
    const redis = await RedisServerControl.open(instance, address);
    return { controls: { redis }, snapshot: () => redisSnapshot(redis), close: () => Promise.resolve(redis.close()) };
  },
  greeting: () => redisPing,
};
