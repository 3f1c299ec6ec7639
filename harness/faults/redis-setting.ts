import type { RedisControl } from "../model/capabilities.ts";
import { messageOf } from "../model/errors.ts";
import type { FaultKind, Observation } from "../model/fault.ts";

/** What a fault of one Redis server says of itself. */
interface RedisFault extends Omit<FaultKind<"redis">, "needs" | "receipt" | "undo" | "observe"> {
  /** What a client does that feels the fault; it changes nothing. */
  readonly attempt: readonly string[];
  /** How the server's answer begins when the fault acts, as `READONLY`. */
  readonly refusal: string;
}

/** The server's data and settings end with the run, and so nothing of it is left to undo for whoever cleans up. */
export const nothingToUndo = (): readonly never[] => [];

/** A fault that makes a Redis server refuse something: proven by a client of its own that is refused. */
export function redisRefusal(fault: RedisFault): FaultKind<"redis"> {
  const { attempt, refusal, ...said } = fault;
  return {
    ...said,
    needs: "redis",
    receipt: `\`${attempt[0]}\` of a client of its own is refused with \`${refusal}\``,
    undo: nothingToUndo,
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

/** Puts settings back to what they were when the server was ready. */
export async function restoreSettings(redis: RedisControl, ...settings: readonly string[]): Promise<void> {
  for (const setting of settings) await redis.admin("CONFIG", "SET", setting, redis.original(setting));
}

/** A write that writes nothing: a key that is not there is not given a new time to live. Redis counts it as a write. */
export const harmlessWrite = ["EXPIRE", "faultline:not-there", "1"] as const;
