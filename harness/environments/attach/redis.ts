import type { AttachedRedis } from "../../model/attached.ts";
import type { Exchange, Greeting } from "../../network/probe.ts";
import { type AttachDriver, type AttachedInstance, isText } from "../../pack/attach-driver.ts";
import { passwordFileFor } from "../../pack/password-file.ts";
import { redisPing } from "../kinds/redis.ts";
import { RedisServerControl } from "../kinds/redis-control.ts";
import { redisSnapshot } from "../kinds/redis-snapshot.ts";

/** A server that wants a log-in lives, too. */
const answered = (exchange: Exchange): Exchange => ({
  bytes: exchange.bytes,
  understands: (reply) => exchange.understands(reply) || reply.toString("latin1").startsWith("-NOAUTH"),
});
const ping: Greeting = { ...answered(redisPing), inBulk: answered(redisPing.inBulk) };

const settingsOf = ({ definition }: AttachedInstance) =>
  definition.settings as unknown as Pick<AttachedRedis, "user" | "password">;

export const redisKind: AttachDriver = {
  kind: "redis",
  problems: (settings) =>
    ["user", "password"].flatMap((setting) =>
      settings[setting] === undefined || isText(settings[setting])
        ? []
        : [{ setting, remedy: "Give a text, or leave it out." }],
    ),
  greeting: () => ping,
  control: {
    capability: "redis",
    remedy: "Give `user` and `password` of one who may use CONFIG and ACL, or leave out the faults of Redis.",
    async open(running) {
      const { name, address } = running;
      const { user, password } = settingsOf(running);
      const logIn = { ...(user === undefined ? {} : { user }), ...(password === undefined ? {} : { password }) };
      const whoever = { ...(user === undefined ? {} : { user }), ...passwordFileFor(running, password) };
      const redis = await RedisServerControl.open(name, address, {
        ...logIn,
        undo: (commands) => ({ do: "askRedis", ...address, ...whoever, commands }),
      });
      if (redis.original("role") !== "master") {
        redis.close();
        throw new Error("it is a replica, and would be made a master when a fault is healed");
      }
      return { controls: { redis }, snapshot: () => redisSnapshot(redis), close: () => Promise.resolve(redis.close()) };
    },
  },
};
