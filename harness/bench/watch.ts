import type { RunEvent, RunPhase } from "../model/events.ts";
import type { Sample } from "./trend.ts";
import { Meter, type Usage } from "./usage.ts";
import type { BenchLoad } from "./workloads.ts";

const sampleEveryMs = 5000;

export interface WatchOptions {
  readonly load: BenchLoad;
  readonly warmUpMs: number;
  /** Told of each stage, for a screen. */
  readonly onStage: (stage: RunPhase) => void;
}

/** Looks at the processes while a run goes from stage to stage. */
export class Watch {
  readonly #meter = new Meter();
  readonly #options: WatchOptions;
  readonly #memoryMb: Record<string, Sample[]> = {};
  #timers: NodeJS.Timeout[] = [];
  #usage: Usage | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  get usage(): Usage | undefined {
    return this.#usage;
  }

  get memoryMb(): Readonly<Record<string, readonly Sample[]>> {
    return this.#memoryMb;
  }

  observe(event: RunEvent): void {
    if (event.type === "started") this.#started(event.instance, event.pid);
    if (event.type !== "phase") return;
    this.#options.onStage(event.phase);
    if (event.phase === "warmUp") this.#warmUp();
    else if (event.phase === "steady") this.#begin();
    else if (event.phase === "quiesce") this.#usage = this.#meter.end();
    if (event.phase === "quiesce" || event.phase === "tearDown") this.end();
  }

  end(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  #started(instance: string, pid: number): void {
    this.#meter.started(instance, pid);
    if (instance.startsWith("api-")) this.#memoryMb[instance] = [];
  }

  /** Late in the warm-up all connections have been made, and so Postgres has all its processes. */
  #warmUp(): void {
    this.#timers.push(setTimeout(() => this.#meter.find(), Math.max(0, this.#options.warmUpMs - 1000)));
  }

  #begin(): void {
    this.#meter.begin();
    this.#options.load.served.clear();
    const beganMs = performance.now();
    const sample = (): void => {
      const atSeconds = (performance.now() - beganMs) / 1000;
      for (const [api, samples] of Object.entries(this.#memoryMb)) {
        const value = this.#meter.memoryMb(api);
        if (value !== undefined) samples.push({ atSeconds, value });
      }
    };
    sample();
    this.#timers.push(setInterval(sample, sampleEveryMs));
  }
}
