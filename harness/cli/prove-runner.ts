import { rmSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { afterFirst, afterRun, type Jobs, type Measured } from "../model/prove/jobs.ts";
import type { Cell } from "../model/prove/proof.ts";
import { percent } from "../model/quantities.ts";
import type { ProveProgress } from "./prove-progress.ts";
import type { ProofSchedule, Shared } from "./prove-schedule.ts";

/** What a proof's runs are made with. */
export interface RunnerOptions {
  readonly schedule: ProofSchedule;
  /** Makes the run that decides these cells. The signal interrupts it. */
  readonly make: (cells: Shared, signal: AbortSignal) => Promise<readonly Cell[]>;
  /** The folder of the run folders. */
  readonly into: string;
  /** Interrupts all. */
  readonly signal: AbortSignal;
  readonly progress: ProveProgress;
  /** How many at a time at first. */
  readonly jobs: Jobs;
  /** Whether that number follows what is measured. */
  readonly isMeasured: boolean;
  /** Keeps a cell, so that a later command knows it. */
  readonly keep: (cell: Cell) => void;
}

/** Makes the runs of a proof, several at a time. */
export class ProofRunner {
  readonly #options: RunnerOptions;
  readonly #broken = new AbortController();
  /** What is under way → how many were so at most while it was. */
  readonly #running = new Map<Promise<void>, { beside: number }>();
  #jobs: Jobs;
  /** Whether the first run of all is over. */
  #isGauged = false;
  #error: unknown;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#jobs = options.jobs;
  }

  /**
   * Ends when all is done, when the schedule stops, or when it is interrupted; then nothing is under way any more.
   * @returns what went wrong with a run that came to no verdict, or what interrupted it; undefined when nothing did
   */
  async run(): Promise<unknown> {
    const { schedule, signal } = this.#options;
    for (;;) {
      const isEnd = signal.aborted || this.#broken.signal.aborted;
      const next = isEnd ? undefined : schedule.next(this.#jobs.now);
      if (next !== undefined) this.#start(next);
      else if (this.#running.size === 0) return signal.aborted ? signal.reason : this.#error;
      else await Promise.race(this.#running.keys());
    }
  }

  #start(cells: Shared): void {
    const own = { beside: 1 };
    const under: Promise<void> = this.#make(cells, own)
      .catch((error: unknown) => {
        // What the others are interrupted with because of it is not what went wrong.
        this.#error ??= error;
        this.#broken.abort(error);
      })
      .finally(() => this.#running.delete(under));
    this.#running.set(under, own);
    for (const one of this.#running.values()) one.beside = Math.max(one.beside, this.#running.size);
  }

  async #make(cells: Shared, under: { readonly beside: number }): Promise<void> {
    const { schedule, make, into, progress, keep } = this.#options;
    const allowed = this.#jobs.now;
    const measure = idleSince();
    const made = await make(cells, AbortSignal.any([this.#options.signal, this.#broken.signal]));
    const idle = measure();
    const { beside } = under;
    const results = beside === 1 ? made : made.map(asSeenBesideOthers);
    const [result] = results as [Cell, ...Cell[]];
    const isDecided = cells.length === 1 || result.verdict === "pass";
    if (isDecided) for (const cell of results) keep(cell);
    // What passed has nothing to show; of hundreds of runs only those are kept that have.
    if (result.verdict === "pass") rmSync(join(into, result.run), { recursive: true, force: true });
    schedule.settle(cells, results, beside === 1);
    for (const cell of results) progress.settled(cell, { isAgain: !isDecided || schedule.isToRunAgain(cell) });
    if (this.#options.isMeasured) this.#adapt(result, { allowed, beside, ...(idle === undefined ? {} : { idle }) });
  }

  /** The first run that is alone shows how much of the machine one takes; each further one whether there is room. */
  #adapt({ verdict, cause }: Cell, how: Pick<Measured, "allowed" | "beside" | "idle">): void {
    const measured = { ...how, verdict, ...(cause === undefined ? {} : { cause: cause.code }) };
    const isFirst = !this.#isGauged && how.beside === 1;
    this.#isGauged = true;
    const jobs = isFirst ? afterFirst(this.#jobs, measured) : afterRun(this.#jobs, measured);
    const why = verdict === "inconclusive" ? (cause?.text ?? "a run could not tell") : idleWords(how.idle);
    if (isFirst || jobs.now !== this.#jobs.now) this.#options.progress.jobs(jobs.now, why);
    this.#jobs = jobs;
  }
}

/**
 * What shares the machine is less sure of its times. A broken safety law is broken whatever the machine did; a budget that was
 * missed shows something of the system only when it is missed alone, too.
 */
function asSeenBesideOthers(cell: Cell): Cell {
  if (cell.brokeBudgetsOnly !== true) return cell;
  const text = "only budgets were missed, and other runs were under way, which may be why";
  const remedy = "See what the same run comes to alone: it is made again by itself.";
  return { ...cell, verdict: "inconclusive", cause: { code: "undecided", text, remedy } };
}

const idleWords = (idle: number | undefined): string =>
  idle === undefined ? "nothing is measured" : `${percent(idle)} of the processors were idle in the last run`;

/** @returns the mean share of all cores that were idle since then; undefined where the machine does not report it */
function idleSince(): () => number | undefined {
  const before = times();
  return () => {
    const now = times();
    const all = now.all - before.all;
    return all > 0 ? (now.idle - before.idle) / all : undefined;
  };
}

function times(): { readonly idle: number; readonly all: number } {
  const cores = cpus().map(({ times: { idle, user, nice, sys, irq } }) => ({
    idle,
    all: idle + user + nice + sys + irq,
  }));
  const sum = (field: "idle" | "all"): number => cores.reduce((total, core) => total + core[field], 0);
  return { idle: sum("idle"), all: sum("all") };
}
