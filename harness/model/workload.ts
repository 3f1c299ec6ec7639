import type { Duration } from "./units.ts";

/** What an operation asks of the system; the load generator sends it as it is. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";
  /** Path and query, as `/products/17`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A complete answer. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** What the plan drew for one operation. */
export interface Draw {
  /** The operation's place in the plan: unique in the run, and the value that a write carries. */
  readonly id: number;
  /** The key it works on, in [0, keys). */
  readonly key: number;
  /** The client that it stands for, in [0, sessions). */
  readonly session: number;
  /** Unique in all runs on one system: the run's own token and the id, at most 64 characters of [a-z0-9-]. */
  readonly token: string;
}

/** What an answer means. `version` and `value` are what checks compare. */
export interface Judgement {
  /** `ok`: the contract was kept. `wrong`: a 2xx that breaks it. `rejected`: an honest, documented refusal. */
  readonly outcome: "ok" | "wrong" | "rejected";
  /** The version of the key that was written or read; higher is newer. */
  readonly version?: number;
  /** The id of the write whose value a read returned; absent when it is the initial value. */
  readonly value?: number;
  /** A few words for a witness, as `503 circuit open`. */
  readonly detail?: string;
}

/** What an operation does to its key, so that checks know which operations they are about. */
export type Effect = "read" | "write" | "insert" | "none";

/** One kind of thing that a user does. */
export interface Operation {
  /** How often, relative to the other operations of the workload. */
  readonly weight: number;
  /** `read` returns a key's version, `write` replaces its value, `insert` adds an item that must never be lost. */
  readonly effect: Effect;
  /** From its due time; an operation that has no answer by then is counted as it stands. */
  readonly deadline: Duration;
  request(draw: Draw): HttpRequest;
  /** Must not throw; an answer that it does not understand is `wrong`. */
  judge(reply: HttpReply, draw: Draw): Judgement;
}

/** The operations that stand for users, and their rate. */
export interface Workload {
  readonly name: string;
  /** Arrivals per second, over all operations. */
  readonly perSecond: number;
  /** `poisson` (default) or evenly spaced. */
  readonly arrivals?: "poisson" | "constant";
  /** How many keys there are. */
  readonly keys: number;
  /** The exponent of Zipf's law for the popularity of keys; 0 is uniform. Default 1. */
  readonly skew?: number;
  /** How many clients the operations are dealt to. */
  readonly sessions: number;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** A workload as data, with functions at its leaves. */
export function workload(definition: Workload): Workload {
  return definition;
}

/**
 * How many operations may be in flight: λD + 4√(λD), the mean and four standard deviations of a Poisson process whose
 * every operation takes its whole deadline. Hitting it implicates the generator.
 * @param perSecond λ
 * @param deadlineMs D
 */
export function inFlightBound(perSecond: number, deadlineMs: number): number {
  const mean = (perSecond * deadlineMs) / 1000;
  return Math.ceil(mean + 4 * Math.sqrt(mean));
}
