import type { LinkControl } from "./capabilities.ts";

/**
 * `relay`: one link, through a relay of our own between its proxy and its component, which can forget connections and cut
 * one at a moment that its bytes show. All idempotent, each under a name. Every call has a deadline of its own.
 */
export interface RelayControl extends Pick<LinkControl, "name" | "probe" | "look"> {
  /** From now on no byte goes through that way, on connections that are open and on new ones. */
  silence(name: string, order: SilenceOrder): Promise<void>;
  /** New connections work again; those that were silent stay so for good, and neither end is closed by us. */
  forget(name: string): Promise<void>;
  /** Undefined when there never was a silence of that name. */
  silenceCounts(name: string): Promise<SilenceCounts | undefined>;
  /** Cuts the connection whose client sends the given bytes. */
  cutOn(name: string, order: CutOrder): Promise<void>;
  stopCutting(name: string): Promise<void>;
  /** Undefined when nothing was to be cut under that name. */
  cutCounts(name: string): Promise<CutCounts | undefined>;
}

export interface SilenceOrder {
  readonly direction: "both" | "requests" | "replies";
  /** Of the connections, drawn for each. */
  readonly share: number;
}

/** What became of the connections that a silence met. */
export interface SilenceCounts {
  readonly isActive: boolean;
  /** Open when it began. */
  readonly silenced: number;
  /** Open when it ended, and silent ever since. */
  readonly forgotten: number;
  /** Those of them that their clients have not given up. */
  readonly stillOpen: number;
  readonly droppedBytes: number;
}

export interface CutOrder {
  /** What a client sends at that moment, in capitals or small letters. */
  readonly sends: string;
  /** Whether the component never gets it, or does it and cannot say so. */
  readonly lose: "request" | "reply";
  readonly times: number;
  /** At least so long from one cut to the next. */
  readonly everyMs: number;
}

export interface CutCounts {
  readonly isArmed: boolean;
  readonly cuts: number;
  /** How often clients sent the bytes. */
  readonly moments: number;
}

/** What a relay does to its link now, by the names under which that was ordered. */
export interface RelayState {
  readonly silences: readonly string[];
  readonly cuts: readonly string[];
  /** Connections that were forgotten, and that their clients have not given up. */
  readonly forgotten: number;
}
