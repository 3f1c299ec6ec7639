import { type Job, Queue, UnrecoverableError, Worker } from "bullmq";
import { Redis } from "ioredis";
import type { Events, OutboxEvent } from "../outbox/outbox.ts";
import type { Database } from "../platform/database.ts";
import { DeadlineExceeded, withDeadline } from "../platform/deadline.ts";
import { OutcomeUnknown, Unavailable } from "../platform/errors.ts";
import { type Log, transitions } from "../platform/log.ts";
import { watchHandshake } from "../platform/redis-link.ts";
import { bury, fulfil, Unfulfillable } from "./fulfilment.ts";

type OrderJob = Events["order-placed"];

const queueName = "orders";
const attempts = 12;
/** The longest pause between two attempts; blocking reads last no longer, see `silenceMs`. */
const longestPauseMs = 2000;
/** Without an answer for this long, although one is due, a connection is dead: longer than a blocking read lasts. */
const silenceMs = 4000;

export interface OrderProducer {
  enqueue(event: OutboxEvent<"order-placed">): Promise<void>;
  ping(): Promise<void>;
  close(): void;
}

export function openOrderProducer(url: string, log: Log): OrderProducer {
  const addMs = 500;
  const redis = new Redis(url, sharedOptions);
  watchHandshake(redis);
  const state = transitions(log, "the queue");
  redis.on("error", (error) => state.failed(error));
  redis.on("ready", () => state.worked());
  const queue = new Queue<OrderJob>(queueName, { connection: redis });
  queue.on("error", (error) => state.failed(error));

  async function bounded(what: string, work: () => Promise<unknown>): Promise<void> {
    // Without a connection BullMQ waits for one, and would add then what was long given up.
    if (redis.status !== "ready") throw new Unavailable("queue", new Error(`its connection is ${redis.status}`));
    try {
      await withDeadline(what, addMs, work());
    } catch (error) {
      if (error instanceof DeadlineExceeded && redis.status === "ready") redis.disconnect(true);
      throw new Unavailable("queue", error);
    }
  }

  return {
    // The job's id is the event's: an add whose reply was lost is repeated without a second job.
    enqueue: ({ id, payload }) =>
      bounded("adding a job", () =>
        queue.add("fulfil", payload, {
          jobId: id,
          attempts,
          backoff: { type: "custom" },
          // What became of it is in Postgres. A job kept here would make a later add of its id do nothing.
          removeOnComplete: true,
          removeOnFail: true,
        }),
      ),
    ping: () => bounded("a ping of the queue", () => redis.ping()),
    close: () => redis.disconnect(),
  };
}

export interface OrderConsumer {
  close(): Promise<void>;
}

export function startOrderConsumer(
  url: string,
  { database, log, concurrency }: { database: Database; log: Log; concurrency: number },
): OrderConsumer {
  const state = transitions(log, "taking jobs from the queue");
  const redis = new Redis(url, sharedOptions);
  watchHandshake(redis);
  redis.on("error", (error) => state.failed(error));
  const worker = new Worker<OrderJob>(queueName, (job) => work(database, job), {
    connection: redis,
    concurrency,
    drainDelay: 1,
    runRetryDelay: 300,
    // A killed worker's jobs are taken over after this. A paused one's are, too, and then run twice: `fulfil` is for it.
    lockDuration: 5000,
    stalledInterval: 2500,
    // By default a job whose workers were killed twice is given up, whatever attempts it has left.
    maxStalledCount: 50,
    settings: { backoffStrategy: (made) => Math.min(100 * 2 ** made, longestPauseMs) * (0.5 + Math.random() / 2) },
  });
  worker.on("error", (error) => state.failed(error));
  worker.on("active", () => state.worked());
  worker.on("failed", (job, error) =>
    log.warn({ jobId: job?.id, attempt: job?.attemptsMade, err: error }, "job failed"),
  );
  return {
    async close() {
      await worker.close();
      redis.disconnect();
    },
  };
}

/**
 * Unlike the cache's, these connections keep commands and send them again: BullMQ's first command is part of its
 * construction, and one that fails leaves it unusable for good. An add that arrives late or twice does no harm.
 */
const sharedOptions = {
  maxRetriesPerRequest: null,
  connectTimeout: 500,
  disconnectTimeout: 20,
  keepAlive: 5000,
  socketTimeout: silenceMs,
  retryStrategy: () => 100 + Math.random() * 200,
};

async function work(database: Database, job: Job<OrderJob>): Promise<void> {
  try {
    await fulfil(database, job.id ?? "", job.data);
  } catch (error) {
    // Postgres being away says nothing about the order: it stays pending, and is enqueued once more later.
    if (error instanceof Unavailable || error instanceof OutcomeUnknown) throw error;
    const isLast = error instanceof Unfulfillable || job.attemptsMade + 1 >= attempts;
    if (!isLast) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    await bury(database, job.data.orderId, reason);
    throw new UnrecoverableError(reason);
  }
}
