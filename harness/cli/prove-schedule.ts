import type { Cause, CauseCode } from "../model/cause.ts";
import type { Cell } from "../model/prove/proof.ts";
import type { Wanted } from "./prove-cell.ts";

/** Cells that one run decides: one, or those of several mutants that share it. */
export type Shared = readonly Wanted[];
/** Runs one after the other: what may make another needless is before it. */
export type Queue = readonly Shared[];

/** Everything that is to be run, in the order of what rests on what. */
export interface Queues {
  readonly canary: readonly Queue[];
  readonly correct: readonly Queue[];
  readonly mutants: readonly Queue[];
}

/** Why nothing further is run: a reason without a full stop, and an imperative sentence. */
export interface Stopped {
  readonly reason: string;
  readonly remedy: string;
}

/** How many cells there are at most. */
export const countCells = ({ canary, correct, mutants }: Queues): number =>
  [...canary, ...correct, ...mutants].flat(2).length;

export interface ScheduleOptions {
  /** Cells of earlier commands. */
  readonly known: readonly Cell[];
  /** Whether a mutant that is caught, and a scenario that came to a verdict on the correct system, is left then. */
  readonly untilDecided: boolean;
  /** Called for each known cell that is taken in. */
  readonly onKnown?: (cell: Cell) => void;
}

/** A cell is run so often at most, the first time beside others, then alone. */
const tries = 3;
/** After so many runs in a row without a verdict it is time to see whether a run alone has one. */
const doubtfulAfter = 4;
/** After so many cells in a row without a verdict, each run alone, a further one will not have one either. */
const blindAfter = 4;

/** What lies in no mutant: of the others a mutant may itself be the reason. */
const ofMachine: ReadonlySet<CauseCode> = new Set(["toolReplaced", "hostOverloaded", "generatorOverflow"]);

interface Open {
  readonly queue: Queue;
  /** Scenario → how many of its runs in this queue came to no verdict. */
  readonly untold: ReadonlyMap<string, number>;
}

/**
 * Decides which run is next: the canary alone, then the correct system, then the mutants; what came to no verdict is run
 * again alone; and when it is plain that no further run will have one, nothing is. Starts nothing itself.
 */
export class ProofSchedule {
  readonly done: Cell[] = [];
  /** Every run of this command that had no verdict. */
  readonly #untold: Cell[] = [];
  readonly #options: ScheduleOptions;
  readonly #queues: Queues;
  readonly #stages: (keyof Queues)[] = ["canary", "correct", "mutants"];
  #open: Open[] = [];
  #again: Open[] = [];
  readonly #underWay = new Map<Shared, Open>();
  #streak: { readonly cell: Cell; readonly isAlone: boolean }[] = [];
  #isAloneUnderWay = false;
  #stage: keyof Queues | undefined;
  #stopped: Stopped | undefined;

  constructor(queues: Queues, options: ScheduleOptions) {
    this.#queues = queues;
    this.#options = options;
    for (const queue of [...queues.canary, ...queues.correct, ...queues.mutants]) this.#recall(queue);
  }

  /** Why it stopped early. */
  get stopped(): Stopped | undefined {
    return this.#stopped;
  }

  /** Whether a run without a verdict is followed by another one of the same cell. */
  isToRunAgain(cell: Cell): boolean {
    return this.#again.some(({ queue }) => queue[0]?.some((wanted) => isSame(cell, wanted)) === true);
  }

  /** Whether a mutant has runs left that were not made: one of them might catch it. */
  isUnfinished(mutant: string): boolean {
    const left = [...this.#open, ...this.#again, ...this.#underWay.values()].map(({ queue }) => queue);
    const later = this.#stages.flatMap((stage) => this.#queues[stage]);
    return [...left, ...later].some((queue) =>
      this.#lessNeedless(queue).some((cells) => cells.some((one) => one.mutant === mutant)),
    );
  }

  /**
   * The cells of the run that is to be made now.
   * @param allowed how many may be under way at a time
   * @returns undefined when it must wait for one that is under way, or where there is none, when all is done
   */
  next(allowed: number): Shared | undefined {
    if (this.#stopped !== undefined || this.#isAloneUnderWay) return undefined;
    const running = this.#underWay.size;
    const isDoubtful = this.#streak.length >= doubtfulAfter && this.#again.length > 0;
    const open = isDoubtful ? undefined : this.#firstOf(this.#open, running < allowed);
    if (open !== undefined) return this.#begin(open, this.#stage === "canary");
    if (running > 0) return undefined;
    const again = this.#firstOf(this.#again, true);
    if (again !== undefined) return this.#begin(again, true);
    return this.#goOn() ? this.next(allowed) : undefined;
  }

  /** Takes in what a run came to: a cell for each that it decides. @param isAlone whether nothing else was under way */
  settle(cells: Shared, results: readonly Cell[], isAlone: boolean): void {
    const open = this.#underWay.get(cells)!;
    this.#underWay.delete(cells);
    this.#isAloneUnderWay = false;
    const [, ...rest] = open.queue;
    if (cells.length > 1 && results[0]!.verdict !== "pass") {
      // Which of them it was, or whether any, each shows alone.
      this.#note(results[0]!, isAlone);
      this.#open.unshift(...cells.map((cell) => ({ queue: [[cell]], untold: new Map() })));
      return;
    }
    const [wanted] = cells;
    const untold = (open.untold.get(wanted!.scenario) ?? 0) + (results[0]!.verdict === "inconclusive" ? 1 : 0);
    const kept = { queue: rest, untold: new Map(open.untold).set(wanted!.scenario, untold) };
    for (const result of results) this.#keep(result);
    this.#note(results[0]!, isAlone);
    if (results[0]!.verdict !== "inconclusive") return void this.#open.unshift(kept);
    // With another seed it may come to a verdict where it has not with this one.
    const hasOtherSeed = rest.some(([one]) => one!.scenario === wanted!.scenario);
    const isTriedAgain = untold < tries && !hasOtherSeed;
    this.#again.push(isTriedAgain ? { ...kept, queue: [cells, ...rest] } : kept);
    this.#stopWhenBlind();
  }

  /** The first that still has something to be run, with what is known of it taken in. */
  #firstOf(list: Open[], isRoom: boolean): Open | undefined {
    for (let open = isRoom ? list.shift() : undefined; open !== undefined; open = list.shift()) {
      const queue = this.#lessNeedless(open.queue);
      if (queue.length > 0) return { ...open, queue };
    }
    return undefined;
  }

  #begin(open: Open, isAlone: boolean): Shared {
    const cells = open.queue[0]!;
    this.#underWay.set(cells, open);
    this.#isAloneUnderWay = isAlone;
    return cells;
  }

  /** What is left of a queue when its head need not be run; later ones are looked at when their turn has come. */
  #lessNeedless(queue: Queue): Queue {
    const left = queue.map((cells) => cells.filter((cell) => !this.#isSettled(cell) && !this.#isNeedless(cell)));
    return left.filter((cells) => cells.length > 0);
  }

  #isSettled(wanted: Wanted): boolean {
    return this.done.some((cell) => isSame(cell, wanted) && cell.verdict !== "inconclusive");
  }

  /** Whether a cell is needless: its mutant is caught, or its scenario came to a verdict on the correct system. */
  #isNeedless({ mutant, scenario }: Wanted): boolean {
    if (!this.#options.untilDecided) return false;
    return this.done.some((one) =>
      mutant === null
        ? one.mutant === null && one.scenario === scenario && one.verdict !== "inconclusive"
        : one.mutant === mutant && one.verdict === "fail",
    );
  }

  /** The newest run of a cell stands for it, and knows how many before it came to no verdict. */
  #keep(cell: Cell): void {
    const before = this.done.findIndex((one) => isSame(one, cell));
    if (before < 0) return void this.done.push(cell);
    const repeated = (this.done[before]!.repeated ?? 0) + 1;
    this.done.splice(before, 1);
    this.done.push({ ...cell, repeated });
  }

  /** Goes to the next stage. @returns false after the last one, or where it stops early */
  #goOn(): boolean {
    if (this.#stage === "canary" || this.#stage === "correct") this.#stopWhenUntold(this.#stage);
    const stage = this.#stopped === undefined ? this.#stages.shift() : undefined;
    if (stage === undefined) return false;
    this.#stage = stage;
    this.#open = this.#queues[stage].map((queue) => ({ queue, untold: new Map() }));
    return true;
  }

  /** Takes in what is known of a queue. What came to no verdict is not known: it is run again. */
  #recall(queue: Queue): void {
    for (const wanted of queue.flat()) {
      if (this.#isNeedless(wanted)) continue;
      const known = this.#options.known.findLast((cell) => isSame(cell, wanted) && cell.verdict !== "inconclusive");
      if (known === undefined) continue;
      this.done.push(known);
      this.#options.onKnown?.(known);
    }
  }

  #note(cell: Cell, isAlone: boolean): void {
    if (cell.verdict !== "inconclusive") {
      this.#streak = [];
      return;
    }
    this.#untold.push(cell);
    const isOfMachine = cell.mutant === null || (cell.cause !== undefined && ofMachine.has(cell.cause.code));
    if (isOfMachine) this.#streak.push({ cell, isAlone });
  }

  #stopWhenBlind(): void {
    const alone = this.#streak.filter((one) => one.isAlone);
    const different = new Set(alone.map(({ cell }) => `${cell.mutant}\n${cell.scenario}\n${cell.seed}`));
    // Several scenarios that can never tell are no sign of the machine.
    if (different.size < blindAfter) return;
    this.#stop(`${this.#streak.length} runs in a row came to no verdict, ${alone.length} of them alone`);
  }

  /** After all of the canary, or of the correct system, was run: nothing else means anything without it. */
  #stopWhenUntold(stage: "canary" | "correct"): void {
    const wanted = this.#queues[stage].flat(2);
    const isUntold = (id: string): boolean =>
      !this.done.some((cell) => cell.mutant === null && cell.scenario === id && cell.verdict !== "inconclusive");
    const ids = [...new Set(wanted.map(({ scenario }) => scenario))];
    const untold = ids.filter(isUntold);
    const control = wanted.find(({ scenario, isControl }) => isControl && untold.includes(scenario))?.scenario;
    if (untold.length === 0) return;
    if (stage === "canary") this.#stop(`the canary ${untold[0]} came to no verdict, run alone`);
    else if (control !== undefined) this.#stop(`${control}, which has no fault, came to no verdict, run alone`);
    else if (untold.length * 2 > ids.length) {
      this.#stop(`of the correct system, ${untold.length} of ${ids.length} scenarios came to no verdict, run alone`);
    }
  }

  #stop(what: string): void {
    const { text, remedy } = mostOften(this.#untold.flatMap(({ cause }) => cause ?? []));
    this.#stopped = { reason: `this machine cannot tell: ${what}; most often: ${text}`, remedy };
  }
}

/** The cause that most runs had; the newest one's words, which have its figures. */
function mostOften(causes: readonly Cause[]): Pick<Cause, "text" | "remedy"> {
  const [most] = [...Map.groupBy(causes, ({ code }) => code).values()].toSorted(
    (one, other) => other.length - one.length,
  );
  return most?.at(-1) ?? { text: "no reason is known", remedy: "See the reports of these runs, then run it again." };
}

const isSame = (cell: Pick<Cell, "mutant" | "scenario" | "seed" | "fingerprint">, wanted: typeof cell): boolean =>
  (["mutant", "scenario", "seed", "fingerprint"] as const).every((field) => cell[field] === wanted[field]);
