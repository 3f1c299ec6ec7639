import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from "cockatiel";
import { Redis } from "ioredis";
import { mutated } from "../mutants.ts";
import { DeadlineExceeded, withDeadline } from "./deadline.ts";
import { type Log, transitions } from "./log.ts";

/** One connection to a Redis whose every command is answered within the deadline, or fails. */
export interface RedisLink {
  run<T>(what: string, command: (redis: Redis) => Promise<T>): Promise<T>;
  /** Whether it is connected. */
  isReady(): boolean;
  /** Whether commands are sent as they come: it is connected, and no silence has opened its breaker. */
  isUp(): boolean;
  close(): void;
}

export interface RedisLinkOptions {
  readonly url: string;
  readonly name: string;
  readonly deadlineMs: number;
  readonly log: Log;
}

/** So many commands without an answer in a row, and the connection is held to be a black hole. */
const silentCommands = 3;
/** From the attempt to connect until Redis answers; ioredis itself bounds only the TCP part of it. */
const handshakeMs = 500;
const breakMs = 250;

export function openRedisLink({ url, name, deadlineMs, log }: RedisLinkOptions): RedisLink {
  const redis = connect(url, handshakeMs);
  const state = transitions(log, `the connection to ${name}`);
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: breakMs,
    breaker: new ConsecutiveBreaker(silentCommands),
  });
  let silences = 0;

  redis.on("error", (error) => state.failed(error));
  redis.on("ready", () => state.worked());
  watchHandshake(redis);

  function noteSilence(error: unknown): void {
    state.failed(error);
    silences += 1;
    if (silences < silentCommands) return;
    // TCP would keep trying on this connection for minutes, and go on slowly after the heal: a new one is quicker.
    silences = 0;
    redis.disconnect(true);
  }

  async function attempt<T>(what: string, command: (redis: Redis) => Promise<T>): Promise<T> {
    try {
      // ioredis may leave a command unsettled whose connection was lost, so the deadline is not left to it.
      const answer = await withDeadline(`${name} ${what}`, deadlineMs, command(redis));
      silences = 0;
      return answer;
    } catch (error) {
      if (error instanceof DeadlineExceeded && redis.status === "ready") noteSilence(error);
      throw error;
    }
  }

  return {
    // The deadline is inside the breaker: a half-open breaker holds all callers until its probe is answered.
    run: (what, command) => breaker.execute(() => attempt(what, command)),
    isReady: () => redis.status === "ready",
    // A half-open breaker still holds all callers but one.
    isUp: () => redis.status === "ready" && breaker.state === CircuitState.Closed,
    close: () => redis.disconnect(),
  };
}

function connect(url: string, connectTimeout: number): Redis {
  let connections = 0;
  const givesUp = (attempt: number) =>
    (mutated("gives-up-reconnecting") && attempt > 10) || (mutated("limited-reconnects") && connections > 3);
  const redis = new Redis(url, {
    connectTimeout,
    // A command is for now or not at all: neither kept for later nor sent a second time.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // A connection that is given up must not wait for the other side to agree.
    disconnectTimeout: 20,
    keepAlive: 5000,
    retryStrategy: (attempt) => (givesUp(attempt) ? null : 100 + Math.random() * 150),
  });
  return redis.on("ready", () => {
    connections += 1;
  });
}

/** A server that accepts connections and says nothing would otherwise hold the client for ever. */
export function watchHandshake(redis: Redis, milliseconds = handshakeMs): void {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => clearTimeout(timer);
  const start = () => {
    stop();
    timer = setTimeout(() => redis.disconnect(true), milliseconds);
    timer.unref();
  };
  if (redis.status === "connecting") start();
  redis.on("connecting", start);
  redis.on("ready", stop);
  redis.on("close", stop);
  redis.on("end", stop);
}
