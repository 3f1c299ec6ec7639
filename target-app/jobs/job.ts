import { mutated } from "../mutants.ts";
import type { Events, OutboxEvent } from "../outbox/outbox.ts";

/** The events that are work for a worker; each kind has a queue of its own, so that none waits for another. */
export type JobKind = "order-placed" | "product-to-index";

export type JobEvent<K extends JobKind = JobKind> = OutboxEvent<K>;

/** What lies in the queue: the event, and what came of the attempts so far. */
export interface JobData<K extends JobKind = JobKind> {
  readonly payload: Events[K];
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly at: string;
  readonly error: string;
}

/** It can never be done as it is; trying again will not change that. */
export class Hopeless extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "Hopeless";
  }
}

/** How often a job is tried, and the longest pause between two attempts: together more than a minute. */
export const attempts = 40;
export const longestPauseMs = 2000;

/** Blocking reads last no longer than a second; without an answer for this long a connection is dead. */
const silenceMs = 4000;

/** A handshake takes several trips: a queue whose every command comes in time must not be too far away to connect to. */
export const queueHandshakeMs = 1500;

/**
 * Unlike the cache's, these connections keep commands and send them again: BullMQ's first command is part of its
 * construction, and one that fails leaves it unusable for good. An add that arrives late or twice does no harm.
 */
export const queueConnection = {
  maxRetriesPerRequest: null,
  connectTimeout: 500,
  disconnectTimeout: 20,
  keepAlive: 5000,
  ...(mutated("no-socket-timeout") ? {} : { socketTimeout: silenceMs }),
  retryStrategy: () => 100 + Math.random() * 200,
};
