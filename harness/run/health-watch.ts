import type { RunningSystem } from "../model/environment.ts";
import { messageOf } from "../model/errors.ts";
import type { Health, RunEvent } from "../model/events.ts";
import type { Rest } from "../model/rest.ts";
import { again } from "./again.ts";

/** A change is seen this late at most, and the time that an instance takes to answer. */
const everyMs = 200;

/** Asks all instances how they are, again and again, and tells what changes. */
export class HealthWatch {
  readonly #system: RunningSystem;
  readonly #now: () => number;
  readonly #emit: (event: RunEvent) => void;
  readonly #known = new Map<string, { readonly health: Health; readonly sinceMs: number }>();
  readonly #over = new AbortController();
  readonly #rounds: Promise<void>;
  #hasFailed = false;

  constructor(system: RunningSystem, now: () => number, emit: (event: RunEvent) => void) {
    this.#system = system;
    this.#now = now;
    this.#emit = emit;
    this.#rounds = again(everyMs, this.#over.signal, () => this.#ask());
  }

  /** Which instances are not ready, of how many that report it; of none it is known when they could not be asked. */
  get readiness(): Pick<Rest, "instances" | "notReady"> {
    if (this.#hasFailed) return { notReady: [] };
    const notReady = [...this.#known].flatMap(([instance, { health, sinceMs }]) =>
      health === "ready" ? [] : [{ instance, health, sinceMs }],
    );
    return { instances: this.#known.size, notReady };
  }

  /** Nothing of it is under way any more when this returns. */
  async end(): Promise<void> {
    this.#over.abort();
    await this.#rounds;
  }

  async #ask(): Promise<void> {
    try {
      for (const [instance, health] of Object.entries(await this.#system.health())) {
        if (this.#known.get(instance)?.health === health) continue;
        const atMs = this.#now();
        this.#known.set(instance, { health, sinceMs: atMs });
        this.#emit({ atMs, type: "health", instance, health });
      }
    } catch (error) {
      // An observer may fail without failing the run: what was not asked is not known, and no check rests on it.
      if (!this.#over.signal.aborted)
        this.#emit({ atMs: this.#now(), type: "note", text: `health: ${messageOf(error)}` });
      this.#hasFailed = true;
      this.#over.abort();
    }
  }
}
