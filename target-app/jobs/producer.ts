import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { mutated } from "../mutants.ts";
import { DeadlineExceeded, withDeadline } from "../platform/deadline.ts";
import { Unavailable } from "../platform/errors.ts";
import { type Log, transitions } from "../platform/log.ts";
import { watchHandshake } from "../platform/redis-link.ts";
import { attempts, type JobData, type JobEvent, type JobKind, queueConnection, queueHandshakeMs } from "./job.ts";

export interface JobProducer {
  enqueue<K extends JobKind>(kind: K, event: JobEvent<K>): Promise<void>;
  ping(): Promise<void>;
  /** Jobs of all kinds that wait, are delayed or are being worked on. */
  depth(): Promise<number>;
  close(): void;
}

const kinds: readonly JobKind[] = ["order-placed", "product-to-index"];
const commandMs = 500;

export function openProducer(url: string, log: Log): JobProducer {
  const redis = new Redis(url, queueConnection);
  watchHandshake(redis, queueHandshakeMs);
  const state = transitions(log, "the queue");
  redis.on("error", (error) => state.failed(error));
  redis.on("ready", () => {
    state.worked();
    keepEverything(redis).catch((error) => log.warn({ err: error }, "the queue's durability is not known"));
  });
  const queues = new Map(kinds.map((kind) => [kind, new Queue<JobData>(kind, { connection: redis })]));
  for (const queue of queues.values()) queue.on("error", (error) => state.failed(error));

  async function bounded<T>(what: string, work: () => Promise<T>): Promise<T> {
    // Without a connection BullMQ waits for one, and would add then what was long given up.
    if (redis.status !== "ready") throw new Unavailable("queue", new Error(`its connection is ${redis.status}`));
    try {
      return await withDeadline(what, commandMs, work());
    } catch (error) {
      if (error instanceof DeadlineExceeded && redis.status === "ready") redis.disconnect(true);
      throw new Unavailable("queue", error);
    }
  }

  return {
    // The job's id is the event's: an add whose reply was lost is repeated without a second job.
    async enqueue(kind, { id, payload }) {
      const options = {
        jobId: id,
        attempts,
        backoff: { type: "custom" },
        // What became of it is in Postgres. A job kept here would make a later add of its id do nothing.
        removeOnComplete: true,
        removeOnFail: true,
      };
      await bounded("adding a job", () => queues.get(kind)!.add(kind, { payload, failures: [] }, options));
    },
    ping: async () => void (await bounded("a ping of the queue", () => redis.ping())),
    async depth() {
      const counts = [...queues.values()].map((queue) => queue.getJobCountByTypes("waiting", "active", "delayed"));
      return (await bounded("counting jobs", () => Promise.all(counts))).reduce((sum, count) => sum + count, 0);
    },
    close: () => redis.disconnect(),
  };
}

/** A queue that may drop jobs is none. Whoever runs it may have forgotten, or may not let us: then it is told. */
async function keepEverything(redis: Redis): Promise<void> {
  const policy = mutated("queue-evictable") ? "allkeys-lru" : "noeviction";
  await redis.config("SET", "maxmemory-policy", policy);
  await redis.config("SET", "appendonly", mutated("no-aof") ? "no" : "yes");
}
