import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import { noFaultOptions } from "../schema/fault-options.ts";
import type { NoOptions } from "../schema/options.ts";

/**
 * A Redis server loses everything that it holds, scripts included, and goes on as if nothing had been: a restart without
 * persistence, a failover to an empty replica, somebody's `FLUSHALL` in the wrong window. Behind a cache the database
 * feels it. Nothing brings the data back: healing only ends the forgetting. Not simulated: the loss of a part.
 */
export function redisAmnesia<const Target extends string>(target: Target, options: NoOptions = {}): FaultSpec<Target> {
  return noFaultOptions.spec("redisAmnesia", target, options);
}

/** A function that does nothing: it is no key, and a flush of everything takes it along when it is told to. */
const library = "#!lua name=faultline_memory\nredis.register_function('faultline_memory', function() return 1 end)";

export const redisAmnesiaFault: FaultKind<"redis"> = {
  kind: "redisAmnesia",
  needs: "redis",
  summary: "a Redis server forgets everything that it holds",
  receipt: "a mark in the server, beside the number of its flushes",
  healing: "the mark is taken away; the data stays lost",
  example: {},
  explored: [],
  residue: "the data is gone: only for servers that the run itself started",
  options: noFaultOptions.fields,
  problems: noFaultOptions.problems,
  title: ({ target }) => `${target} forgets everything`,
  onlyOwn: "its data would be gone",
  undo: () => [],
  async inject(redis) {
    await redis.admin("FLUSHALL", "SYNC");
    await redis.admin("SCRIPT", "FLUSH");
    await redis.admin("FUNCTION", "LOAD", "REPLACE", library);
  },
  async heal(redis) {
    await redis.admin("FUNCTION", "DELETE", "faultline_memory").catch(() => undefined);
  },
  // The mark of the flush is a function, so that no key of the application's is touched.
  async observe(redis): Promise<Observation> {
    const functions = await redis.ask("FUNCTION", "LIST", "LIBRARYNAME", "faultline_memory");
    const flushes = String(await redis.ask("INFO", "commandstats")).match(/cmdstat_flushall:calls=(\d+)/)?.[1] ?? "0";
    const keys = Number(await redis.ask("DBSIZE"));
    const isMarked = Array.isArray(functions) && functions.length > 0;
    return { state: isMarked ? "acting" : "absent", measured: { flushes: Number(flushes), keys } };
  },
};
