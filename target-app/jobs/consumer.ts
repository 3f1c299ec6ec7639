import { DelayedError, type Job, UnrecoverableError, WaitingError, Worker } from "bullmq";
import { Redis } from "ioredis";
import { mutated } from "../mutants.ts";
import { withDeadline } from "../platform/deadline.ts";
import { type Log, transitions } from "../platform/log.ts";
import { watchHandshake } from "../platform/redis-link.ts";
import {
  attempts,
  type Failure,
  Hopeless,
  type JobData,
  type JobEvent,
  type JobKind,
  longestPauseMs,
  queueConnection,
  queueHandshakeMs,
} from "./job.ts";

/** What a worker does with one kind of job. */
export interface Work<K extends JobKind> {
  readonly kind: K;
  /**
   * May be called again for the same event, also while an earlier call is under way elsewhere.
   * @param attempt 1, and one more for each attempt that failed or lost its worker; what was handed back was none
   */
  perform(event: JobEvent<K>, attempt: number): Promise<void>;
  /** Keeps the event for people to look at; it is not tried again by itself. */
  bury(event: JobEvent<K>, reason: string, history: readonly Failure[]): Promise<void>;
}

export interface ConsumerOptions {
  readonly url: string;
  readonly log: Log;
  readonly concurrency: number;
}

export interface JobConsumer {
  /** Finishes what is in hand, and hands back to the queue what is not finished within that time. */
  close(withinMs: number): Promise<void>;
}

export function startConsumer<K extends JobKind>(
  work: Work<K>,
  { url, log, concurrency }: ConsumerOptions,
): JobConsumer {
  const state = transitions(log, `taking jobs of ${work.kind}`);
  const redis = new Redis(url, queueConnection);
  watchHandshake(redis, queueHandshakeMs);
  redis.on("error", (error) => state.failed(error));
  const closing = Promise.withResolvers<"closing">();

  const worker: Worker<JobData<K>> = new Worker(work.kind, (job, token) => take(job, token), {
    connection: redis,
    concurrency,
    drainDelay: 1,
    runRetryDelay: 300,
    // A killed worker's jobs are taken over after this. A paused one's are, too, and then run twice: the work is for it.
    lockDuration: 5000,
    stalledInterval: 2500,
    // By default a job whose workers were killed twice is given up, whatever attempts it has left.
    maxStalledCount: mutated("stalled-once") ? 1 : 50,
    autorun: !mutated("queue-needed-at-start"),
    settings: { backoffStrategy: (made) => (mutated("no-backoff") ? 0 : pauseMs(made)) },
  });
  worker.on("error", (error) => state.failed(error));
  if (mutated("queue-needed-at-start")) runIfReady(worker).catch((error) => state.failed(error));
  worker.on("active", () => state.worked());
  worker.on("stalled", (jobId) => log.warn({ jobId }, "a job that lost its worker is taken again"));
  worker.on("failed", (job, error) => {
    log.warn({ jobId: job?.id, attempt: job?.attemptsMade, err: error }, "job failed");
  });

  async function take(job: Job<JobData<K>>, token?: string): Promise<void> {
    const event = { id: job.id ?? "", payload: job.data.payload };
    const performed = work.perform(event, 1 + job.attemptsMade + job.stalledCounter).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    if (mutated("missing-await")) return; // instead of:
    const outcome = await Promise.race([performed, closing.promise]);
    if (outcome === "closing") {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    if (outcome !== undefined) await fail(job, token, event, outcome.error);
  }

  async function fail(job: Job<JobData<K>>, token: string | undefined, event: JobEvent<K>, error: unknown) {
    if (mutated("infinite-retry")) return backToTheHead(worker); // instead of:
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, 500);
    const failures = [...job.data.failures, { at: new Date().toISOString(), error: reason }].slice(-10);
    if (!(error instanceof Hopeless) && job.attemptsMade + 1 < attempts) {
      // The history is worth a moment, and no more: without it the job fails just the same.
      await withDeadline("noting a failure", 300, job.updateData({ ...job.data, failures })).catch(() => undefined);
      throw error;
    }
    try {
      await work.bury(event, reason, failures);
    } catch (burying) {
      // Where dead letters are kept may be what is away. The job is not over before it is done or buried.
      state.failed(burying);
      await job.moveToDelayed(Date.now() + longestPauseMs, token);
      throw new DelayedError();
    }
    throw new UnrecoverableError(reason);
  }

  return {
    async close(withinMs) {
      const patience = setTimeout(() => closing.resolve("closing"), withinMs);
      await worker.close();
      clearTimeout(patience);
      redis.disconnect();
    },
  };
}

/** Exponential, and never the same for two jobs that failed together. */
function pauseMs(attemptsMade: number): number {
  return Math.min(50 * 2 ** attemptsMade, longestPauseMs) * (0.5 + Math.random() / 2);
}

/** What "queue-needed-at-start" does: a worker whose queue is not there yet is given up, and its process lives on. */
async function runIfReady(worker: Worker): Promise<void> {
  await withDeadline("the queue", 2000, worker.waitUntilReady());
  await worker.run();
}

/** What "infinite-retry" does: the job is the next one again, and there is no other until then. */
async function backToTheHead(worker: Worker): Promise<never> {
  await worker.rateLimit(500);
  throw Worker.RateLimitError();
}
