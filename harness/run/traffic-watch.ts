import { setTimeout as sleep } from "node:timers/promises";
import type { FaultKind } from "../model/fault.ts";
import { statedDuration } from "../model/quantities.ts";
import type { LinkLook, LinkTraffic } from "../model/traffic.ts";
import { withDeadline } from "../network/deadline.ts";
import { trafficOf } from "../network/link-traffic.ts";

export type Look = () => Promise<LinkLook | undefined>;

/** Between two looks, where the proxy does not count the connections that it takes. */
const pollMs = 250;
/** A look that takes longer is given up: a fault must not wait for it. */
const lookWithinMs = 500;

/** Looks at a link while a fault acts on it. */
export class TrafficWatch {
  readonly #look: Look;
  readonly #steady: LinkLook | undefined;
  readonly #struck: LinkLook;
  readonly #between: LinkLook[] = [];
  readonly #over = new AbortController();

  /**
   * Just before the fault is injected.
   * @param steady what was seen when the steady phase began
   * @returns undefined where nothing can be seen
   */
  static async begin(look: Look, steady: LinkLook | undefined): Promise<TrafficWatch | undefined> {
    const struck = await inTime(look);
    return struck === undefined ? undefined : new TrafficWatch(look, steady, struck);
  }

  private constructor(look: Look, steady: LinkLook | undefined, struck: LinkLook) {
    this.#look = look;
    this.#steady = steady;
    this.#struck = struck;
    if (struck.accepted === undefined) void this.#poll();
  }

  /** Just before the fault is healed. @returns undefined when nothing could be seen any more */
  async end(uncounted: FaultKind["uncounted"]): Promise<LinkTraffic | undefined> {
    this.#over.abort();
    const end = await inTime(this.#look);
    if (end === undefined) return undefined;
    const steady = this.#steady === undefined ? {} : { steady: this.#steady };
    return trafficOf({ ...steady, struck: this.#struck, between: this.#between, end }, uncounted);
  }

  async #poll(): Promise<void> {
    while (!this.#over.signal.aborted) {
      await sleep(pollMs, undefined, { signal: this.#over.signal }).catch(() => undefined);
      const seen = this.#over.signal.aborted ? undefined : await inTime(this.#look);
      if (seen !== undefined) this.#between.push(seen);
    }
  }
}

/** Looks once; never rejects. */
export async function inTime(look: Look): Promise<LinkLook | undefined> {
  const late = (): Error => new Error(`not done within ${statedDuration(lookWithinMs)}`);
  return withDeadline(look(), lookWithinMs, late).catch(() => undefined);
}
