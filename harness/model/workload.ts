import type { Address } from "./environment.ts";
import type { Duration, Json } from "./units.ts";

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
  /** The version of the key that was written or read, from 0; higher is newer. */
  readonly version?: number;
  /**
   * The id of the write whose value a read returned; absent when it is the initial value. A read without a value and without a
   * version, where others of its operation have one, claims nothing: a copy of an earlier answer that is marked as one.
   */
  readonly value?: number;
  /** Of a read: nothing was there, neither the initial value nor a written one. Goes with `outcome: "ok"`. */
  readonly absent?: boolean;
  /** Of a refusal: it certainly did not happen and never will, as a write whose `If-Match` did not match. Goes with `outcome: "rejected"`. */
  readonly notExecuted?: boolean;
  /**
   * What a check of your own needs to judge the operation later (`evidence.kept`). At most 1 KiB as JSON, and 64 MiB in a
   * run: more is left out, counted in `evidence.cut`, and reported.
   */
  readonly evidence?: Json;
  /** Whether the system let the caller in (gave data, took an effect). To be told where credentials are tried. */
  readonly granted?: boolean;
  /** A few words for a witness, as `503 circuit open`. */
  readonly detail?: string;
}

/** What an operation does to its key, so that checks know which operations they are about. */
export const effects = ["read", "write", "delete", "insert", "revoke", "none"] as const;
/**
 * `read` returns a key's version, `write` replaces its value, `delete` is a write whose value is absence, with a version
 * of its own where the system has versions, `insert` adds an item that must never be lost, `revoke` takes the credential
 * away that its key stands for.
 */
export type Effect = (typeof effects)[number];

/** Whether it replaces what a key holds: by a value, or by nothing. */
export const isWrite = (effect: Effect | undefined): boolean => effect === "write" || effect === "delete";

/** What the caller can show. Only `valid` may be let in; `revocable` until an operation `revoke` of its key was acknowledged. */
export const credentials = ["valid", "expired", "forged", "missing", "foreign", "revocable"] as const;
export type Credential = (typeof credentials)[number];

/** The keys that operations work on. Two operations on one key of one keyspace work on the same thing. */
export interface Keyspace {
  readonly name: string;
  readonly keys: number;
  /** The exponent of Zipf's law for the popularity of keys; 0 is uniform. Default 1. */
  readonly skew?: number;
}

/** What every operation says of itself. */
interface OperationTraits {
  /** How often, relative to the other operations of the workload. */
  readonly weight: number;
  readonly effect: Effect;
  /** From its due time; an operation that has no answer by then is counted as it stands. */
  readonly deadline: Duration;
  /** Default: the workload's own `keys` and `skew`, which all workloads of a run share. */
  readonly keyspace?: Keyspace;
  /** Default `valid`. */
  readonly credential?: Credential;
  /** Whether nobody can ever work on what it asks for, so that it belongs among the dead letters. Default false. */
  readonly poison?: boolean;
}

/** One kind of thing that a user does, by HTTP. */
export interface HttpOperation extends OperationTraits {
  request(draw: Draw): HttpRequest;
  /** Must not throw; an answer that it does not understand is `wrong`. */
  judge(reply: HttpReply, draw: Draw): Judgement;
  readonly perform?: never;
}

/** Where an operation of one's own goes, and how long it may take. */
export interface Call {
  /** The entry instance that the session belongs to. */
  readonly target: Address;
  /** Aborted at the operation's deadline and at the end of the run: it must settle soon after. */
  readonly signal: AbortSignal;
}

/** One kind of thing that a user does, by any client: of Postgres, of Redis, of gRPC. */
export interface AsyncOperation extends OperationTraits {
  /**
   * What it throws leaves open whether it happened (`unknown`), unless that is a `NotExecuted`. An answer after the
   * deadline counts for nothing.
   */
  perform(draw: Draw, call: Call): Promise<Judgement>;
  readonly request?: never;
  readonly judge?: never;
}

/** One kind of thing that a user does. */
export type Operation = HttpOperation | AsyncOperation;

/** To be thrown by `perform` where the operation certainly did not happen (`failed`): the connection was refused, say. */
export class NotExecuted extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "NotExecuted";
  }
}

/** A corner of a curve of rates. */
export interface RateCorner {
  /** After the start of the load; not before the corner that is listed before it. */
  readonly at: Duration;
  readonly perSecond: number;
}

/**
 * Arrivals per second: one number, or the corners of a curve, with straight lines between them and the first and last
 * rate before and after. Two corners at one time are a step.
 */
export type Rate = number | readonly RateCorner[];

/** What users were promised: this share of the operations is ok within this time of being due. */
export interface Slo {
  /** Above 0 and below 1, as 0.999. */
  readonly availability: number;
  readonly within: Duration;
}

/** What a workload may use to make itself ready. */
export interface PrepareContext {
  /** The entry instances, through their proxies. */
  readonly targets: readonly Address[];
  /** The beginning of every `Draw.token` of the run. */
  readonly runToken: string;
  readonly signal: AbortSignal;
}

/** The operations that stand for users, and their rate. */
export interface Workload {
  readonly name: string;
  /** Over all operations. */
  readonly perSecond: Rate;
  /** `poisson` (default) or evenly spaced. */
  readonly arrivals?: "poisson" | "constant";
  /** How many keys there are. */
  readonly keys: number;
  /** The exponent of Zipf's law for the popularity of keys; 0 is uniform. Default 1. */
  readonly skew?: number;
  /** How many clients the operations are dealt to. */
  readonly sessions: number;
  readonly slo?: Slo;
  /** Done once, when the system is up and before the load: to log in, to make what the operations need. At most 30 s. */
  prepare?(context: PrepareContext): Promise<void>;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** One operation of a run, which may have several workloads. Its place in the list is the number that histories store. */
export interface NamedOperation {
  readonly name: string;
  readonly workload: string;
  readonly operation: Operation;
}

/** All operations of all workloads, in the order of their numbers. */
export function operationsOf(workloads: readonly Workload[]): readonly NamedOperation[] {
  return workloads.flatMap(({ name: workload, operations }) =>
    Object.entries(operations).map(([name, operation]) => ({ name, workload, operation })),
  );
}

/** Where `keys` and `skew` of a workload itself lead. */
export const commonKeyspace = "keys";

/** Keyspace → how many keys it has. Of the common one as many as the workload has that has most of them. */
export function keyspacesOf(workloads: readonly Workload[]): Readonly<Record<string, number>> {
  const sizes = new Map<string, number>();
  for (const { keys, operations } of workloads) {
    for (const { keyspace: { name, keys: size } = { name: commonKeyspace, keys } } of Object.values(operations))
      sizes.set(name, Math.max(sizes.get(name) ?? 0, size));
  }
  return Object.fromEntries(sizes);
}

/** A workload as data, with functions at its leaves. */
export function workload(definition: Workload): Workload {
  return definition;
}

/** The highest rate of a curve, per second. */
export function peakOf(rate: Rate): number {
  return typeof rate === "number" ? rate : Math.max(...rate.map(({ perSecond }) => perSecond));
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
