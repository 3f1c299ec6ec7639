import type { RunningSystem } from "../model/environment.ts";
import { messageOf } from "../model/errors.ts";
import type { Health, RunEvent } from "../model/events.ts";

/** A change is seen this late at most, and the time that an instance takes to answer. */
const everyMs = 200;

/** Asks all instances how they are, again and again, and tells what changes. */
export class HealthWatch {
  readonly #system: RunningSystem;
  readonly #now: () => number;
  readonly #emit: (event: RunEvent) => void;
  readonly #known = new Map<string, Health>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #hasEnded = false;

  constructor(system: RunningSystem, now: () => number, emit: (event: RunEvent) => void) {
    this.#system = system;
    this.#now = now;
    this.#emit = emit;
    this.#begin();
  }

  /** Nothing of it is under way any more when this returns. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #begin(): void {
    this.#round = this.#ask().finally(() => {
      if (!this.#hasEnded) this.#timer = setTimeout(() => this.#begin(), everyMs);
    });
  }

  async #ask(): Promise<void> {
    try {
      for (const [instance, health] of Object.entries(await this.#system.health())) {
        if (this.#known.get(instance) === health) continue;
        this.#known.set(instance, health);
        this.#emit({ atMs: this.#now(), type: "health", instance, health });
      }
    } catch (error) {
      // An observer may fail without failing the run: what was not asked is not known, and no check rests on it.
      if (!this.#hasEnded) this.#emit({ atMs: this.#now(), type: "note", text: `health: ${messageOf(error)}` });
      this.#hasEnded = true;
    }
  }
}
