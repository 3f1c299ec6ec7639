import type { RedisCommand, RedisControl } from "../model/capabilities.ts";
import { messageOf } from "../model/errors.ts";
import type { FaultKind, Observation } from "../model/fault.ts";

/** What a fault of one Redis server says of itself. */
interface RedisFault extends Omit<FaultKind<"redis">, "needs" | "receipt" | "undo" | "heal" | "observe"> {
  /** The commands that heal it, in order. */
  readonly healed: (redis: RedisControl) => readonly RedisCommand[];
  /** What a client does that feels the fault; it changes nothing. */
  readonly attempt: readonly string[];
  /** How the server's answer begins when the fault acts, as `READONLY`. */
  readonly refusal: string;
}

/** A fault that makes a Redis server refuse something: proven by a client of its own that is refused. */
export function redisRefusal(fault: RedisFault): FaultKind<"redis"> {
  const { attempt, refusal, healed, ...said } = fault;
  return {
    ...said,
    needs: "redis",
    receipt: `a client of its own asks \`${attempt.join(" ")}\` and is refused with \`${refusal}\``,
    ...undoneBy(healed),
    async observe(redis): Promise<Observation> {
      const answer = await answerTo(redis, attempt);
      const measured = { asked: attempt.join(" "), answer };
      if (answer.startsWith(refusal)) return { state: "acting", measured };
      return { state: answer === "ok" ? "absent" : "unclear", measured };
    },
  };
}

/** `ok`, or the server's words. */
async function answerTo(redis: RedisControl, attempt: readonly string[]): Promise<string> {
  try {
    await redis.ask(...attempt);
    return "ok";
  } catch (error) {
    return messageOf(error);
  }
}

/** Heals, and is undone by whoever cleans up, with the same commands. */
export function undoneBy(
  healed: (redis: RedisControl) => readonly RedisCommand[],
): Pick<FaultKind<"redis">, "undo" | "heal"> {
  return {
    undo: (redis) => redis.undo(...healed(redis)),
    async heal(redis) {
      for (const command of healed(redis)) await redis.admin(...command);
    },
  };
}

/** What puts settings back to what they were when the server was ready. */
export const originalSettings =
  (...settings: readonly string[]) =>
  (redis: RedisControl): readonly RedisCommand[] =>
    settings.map((setting) => ["CONFIG", "SET", setting, redis.original(setting)]);

/** A write that writes nothing: a key that is not there is not given a new time to live. Redis counts it as a write. */
export const harmlessWrite = ["EXPIRE", "faultline:not-there", "1"] as const;
