import rateLimit, { type FastifyRateLimitStore } from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";
import { Problem } from "../platform/errors.ts";
import type { Guesser } from "./authenticator.ts";

export interface LimitSettings {
  /** Requests of one key in a second. */
  readonly perSecond?: number;
  /** Refused keys of one remote address in a second. */
  readonly refusedPerSecond?: number;
}

/**
 * How much is answered in a second. Each process counts for itself: with more of them, a key may do so much at each.
 * All of these reject with a `Problem` 429 when it is too much, and say in the answer when to come again.
 */
export interface Limits {
  /** Counts a request whose key is good. */
  take(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Counts a request whose key was refused. */
  refuse(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Counts the keys that the store had to be asked for in vain; one that is known here is never held up by them. */
  guesser(request: FastifyRequest, reply: FastifyReply): Guesser;
}

const windowMs = 1000;

declare module "fastify" {
  interface FastifyInstance {
    /** Kept by what asks for keys: see `addAccess`. */
    readonly limits?: Limits;
  }
}

export async function addLimits(server: FastifyInstance, settings: LimitSettings = {}): Promise<void> {
  const { perSecond = 3000, refusedPerSecond = 50 } = settings;
  await server.register(rateLimit, { global: false, store: MonotonicStore, timeWindow: windowMs });
  // Without a key generator, the plugin counts by remote address, and an IPv6 network of 64 bits as one.
  const byKey = server.createRateLimit({
    max: perSecond,
    timeWindow: windowMs,
    keyGenerator: ({ principal }) => `${principal.tenant} ${principal.keyId}`,
  });
  const byAddress = { max: refusedPerSecond, timeWindow: windowMs };
  const refusals = server.createRateLimit(byAddress);
  const guesses = server.createRateLimit(byAddress);

  async function count(limiter: typeof byKey, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const state = await limiter(request);
    if (!state.isAllowed && state.isExceeded) throw tooMany(reply, state.ttlInSeconds);
  }

  const limits: Limits = {
    take: (request, reply) => count(byKey, request, reply),
    refuse: (request, reply) => count(refusals, request, reply),
    guesser: (request, reply) => ({
      async mayAsk() {
        const state = await guesses(request, { increment: false });
        if (!state.isAllowed && state.remaining === 0) throw tooMany(reply, state.ttlInSeconds);
      },
      wasWrong: async () => void (await guesses(request)),
    }),
  };
  server.decorate("limits", limits);
}

function tooMany(reply: FastifyReply, afterSeconds: number): Problem {
  reply.header("retry-after", afterSeconds);
  return new Problem(429, "too-many-requests", `no more than so many requests in a second; wait for ${afterSeconds} s`);
}

type Told = (error: Error | null, state: { current: number; ttl: number }) => void;

/** The plugin's own store goes by the wall clock: set back by an hour, it would refuse for an hour. */
class MonotonicStore implements FastifyRateLimitStore {
  readonly #windows = new LRUCache<string, { count: number; readonly endsAt: number }>({ max: 10_000 });

  incr(key: string, tell: Told, lastsMs: number): void {
    const now = performance.now();
    const present = this.#windows.get(key);
    const window = present !== undefined && now < present.endsAt ? present : { count: 0, endsAt: now + lastsMs };
    window.count += 1;
    this.#windows.set(key, window);
    tell(null, { current: window.count, ttl: window.endsAt - now });
  }

  /** The plugin asks for it when it must not count; its types do not say so. */
  read(key: string, tell: Told): void {
    const now = performance.now();
    const window = this.#windows.get(key);
    if (window === undefined || now >= window.endsAt) tell(null, { current: 0, ttl: 0 });
    else tell(null, { current: window.count, ttl: window.endsAt - now });
  }

  child(): MonotonicStore {
    return new MonotonicStore();
  }
}
