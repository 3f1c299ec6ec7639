import type { z } from "zod";
import type { RedisControl } from "../model/capabilities.ts";
import { messageOf } from "../model/errors.ts";
import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { choice } from "../schema/fields.ts";
import { textOf } from "../schema/parameters.ts";
import { harmlessWrite, undoneBy } from "./redis-setting.ts";

const whats = ["writes", "everything"] as const;

const redisPauseOptions = new FaultOptions({
  /** Which commands wait. */
  what: choice(whats, "PARAMETER_UNKNOWN_VALUE").default("writes"),
});
type RedisPauseOptions = z.input<typeof redisPauseOptions.schema>;

/**
 * A Redis server holds commands back and answers them all when it goes on: a failover that is being prepared, a long
 * script, a fork of a large data set. Writes that arrive in the meantime arrive *late*: they are executed after the
 * heal, when their clients may have given up long ago. Not simulated: a server that forgets what it held back.
 */
export function redisPause<const Target extends string>(
  target: Target,
  options: RedisPauseOptions = {},
): FaultSpec<Target> {
  return redisPauseOptions.spec("redisPause", target, options);
}

/** A pause of everything holds back its own end, so it is made of slices. */
const sliceMs = 400;
/** How long a client waits for what is held back. */
const patienceMs = 150;

async function pauseAgain(redis: RedisControl, parameters: FaultSpec["parameters"]): Promise<void> {
  if (parameters["what"] === "everything") await redis.admin("CLIENT", "PAUSE", String(sliceMs), "ALL");
}

export const redisPauseFault: FaultKind<"redis"> = {
  kind: "redisPause",
  needs: "redis",
  summary: "a Redis server holds writes (or everything) back, and executes them when it goes on",
  receipt: "a command of a client of its own is held back",
  healing: "`CLIENT UNPAUSE`; what was held back is executed",
  example: { what: "writes" },
  residue: "a pause: ended when healed; a pause of everything is made of slices of 0.4 s, each of which ends by itself",
  provenAfterMs: () => patienceMs,
  options: redisPauseOptions.fields,
  problems: redisPauseOptions.problems,
  title: ({ target, parameters }) => `${target} holds ${textOf(parameters, "what")} back`,
  ...undoneBy(() => [["CLIENT", "UNPAUSE"]]),
  sustain: {
    everyMs: () => sliceMs - 50,
    act: (redis, { parameters }) => pauseAgain(redis, parameters),
  },
  async inject(redis, { parameters, lastingMs }) {
    if (parameters["what"] === "writes") await redis.admin("CLIENT", "PAUSE", String(lastingMs + 30_000), "WRITE");
    else await pauseAgain(redis, parameters);
  },
  async observe(redis, { parameters }): Promise<Observation> {
    const attempt = parameters["what"] === "writes" ? harmlessWrite : (["PING"] as const);
    const heldMs = await heldBackMs(redis, attempt);
    const measured = { asked: attempt.join(" "), heldMs };
    if (typeof heldMs === "string") return { state: "unclear", measured };
    return { state: heldMs >= patienceMs ? "acting" : "absent", measured };
  },
};

/** How long a command waited for its answer, up to the client's patience; or why it had none. */
async function heldBackMs(redis: RedisControl, attempt: readonly string[]): Promise<number | string> {
  const began = performance.now();
  const answer = redis.ask(...attempt).then(
    () => Math.round(performance.now() - began),
    (error: unknown) => messageOf(error),
  );
  const patience = new Promise<number>((resolve) => setTimeout(() => resolve(patienceMs), patienceMs));
  return Promise.race([answer, patience]);
}
