import type { Receipt } from "./fault.ts";
import type { Rest } from "./rest.ts";

/** The stages of a run, in order. */
export const runPhases = [
  "provision",
  "warmUp",
  "steady",
  "faults",
  "recovery",
  "quiesce",
  "audit",
  "verdict",
  "tearDown",
] as const;
export type RunPhase = (typeof runPhases)[number];

/** Whether an instance says that it can serve. */
export type Health = "ready" | "unready" | "silent";

export type ConnectionsSeen = "proxy" | "server";

/** How well the connections of one link or instance were seen. */
export interface ConnectionsWatched {
  readonly on: string;
  readonly seen: ConnectionsSeen;
  readonly atMost?: number;
  readonly looks: number;
  /** Stretches of more than five seconds without a look, in ms on the run's clock. */
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number }[];
}

/** Something that happened. `atMs` is on the run's monotonic clock, whose zero is the start of the run. */
export type RunEvent = { readonly atMs: number } & (
  | { readonly type: "phase"; readonly phase: RunPhase }
  | { readonly type: "inject"; readonly injection: string; readonly title: string }
  | { readonly type: "heal"; readonly injection: string; readonly title: string }
  | { readonly type: "proven"; readonly injection: string; readonly on: string; readonly tookMs: number }
  | { readonly type: "healed"; readonly injection: string; readonly on: string; readonly tookMs: number }
  | { readonly type: "receipt"; readonly receipt: Receipt }
  | { readonly type: "started"; readonly instance: string; readonly pid: number; readonly tookMs: number }
  | {
      readonly type: "exited";
      readonly instance: string;
      readonly pid: number;
      readonly how: string;
      readonly expected: boolean;
      /** From its start to its end, in ms. Absent in runs of earlier versions. */
      readonly ranMs?: number;
    }
  | { readonly type: "audited"; readonly registers: number; readonly items: number; readonly atRest: boolean }
  /** What an instance says of itself, when that changes: `silent` when it says nothing in time. */
  | { readonly type: "health"; readonly instance: string; readonly health: Health }
  /**
   * What the live path of an instance answered: the first time that it was asked, and whenever that changes. An answer other
   * than 200 is reported once more when the next one is no better. Absent in runs of earlier versions.
   */
  | {
      readonly type: "live";
      readonly instance: string;
      /** Whether it answered 200. */
      readonly isLive: boolean;
      /** In words, as `200`, `503`, `no answer within 1 s` or `refused`. */
      readonly answer: string;
      /** Absent where there was no answer. */
      readonly status?: number;
      /** When it was asked. */
      readonly askedMs: number;
      /** How many answers in a row were 200, were another one, or were missing, as this one. */
      readonly inARow: number;
    }
  /** A metric of an instance went beyond what the system's definition calls a mark, or came back. */
  | {
      readonly type: "mark";
      readonly instance: string;
      readonly mark: string;
      readonly isOn: boolean;
      readonly value: number;
    }
  /**
   * More connections were open than at any time before in the run, in two looks in a row. Absent in runs of earlier versions, as
   * are the next two.
   */
  | {
      readonly type: "connections";
      /** A link, or an instance that links lead to. */
      readonly on: string;
      /** Where it was seen: at the link's proxy, or all proxies that lead to the instance; or by the server itself. */
      readonly seen: ConnectionsSeen;
      readonly open: number;
      /** What the system's definition states of a link, or what a server says that it takes. Absent where neither is known. */
      readonly atMost?: number;
    }
  /** A database was seen at work on a statement of the application, or held its open transaction, for longer than any before. */
  | {
      readonly type: "statement";
      readonly instance: string;
      /** For how long it was seen so. A server that stands still, as one that is paused, is not seen. */
      readonly forMs: number;
      /** As `active`, `idle in transaction`. */
      readonly state: string;
      /** The beginning of it. */
      readonly text: string;
      /** As `Lock relation`. */
      readonly waitsFor?: string;
    }
  /** How well connections and statements were seen, when the watch of them ended. */
  | { readonly type: "connectionsWatched"; readonly watched: readonly ConnectionsWatched[] }
  /** What there was of connections, processes, queued messages: at the end of the steady phase, and after everything. */
  | { readonly type: "gauges"; readonly when: "steady" | "rest"; readonly values: Readonly<Record<string, number>> }
  /** How the system came to rest after the load, or what was left. Absent in runs of earlier versions. */
  | ({ readonly type: "rest" } & Rest)
  /** A tool of the run that hung, and was ended and started again: what it carried was broken off. */
  | {
      readonly type: "replaced";
      readonly what: string;
      readonly why: string;
      /**
       * When it began to hang, in ms on the run's clock: the call that had no answer. From then until `toMs` what went wrong
       * on its links may be its doing, and none of the system's. Absent in runs of earlier versions, as are the next two.
       */
      readonly fromMs?: number;
      /** When the new one carried all links again, or it was clear that it would not. */
      readonly toMs?: number;
      /** The links whose connections were broken off, by their names. */
      readonly links?: readonly string[];
    }
  | { readonly type: "interrupted"; readonly by: string }
  | { readonly type: "note"; readonly text: string }
  | { readonly type: "error"; readonly text: string }
);
