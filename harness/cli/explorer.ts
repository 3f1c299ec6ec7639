import { rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Exploration, Reproducer, Share, Undecided } from "../model/explore/exploration.ts";
import type { FaultKind, Injection } from "../model/fault.ts";
import type { RunRecord } from "../model/run.ts";
import type { Single, Train } from "../plan/explore.ts";
import { shrink } from "../plan/shrink.ts";
import { brokenIn, type Counted, count, type Seen, seenIn, unsound, whyUndecided } from "./explored-run.ts";
import { scenarioText } from "./explored-scenario.ts";
import type { Planned } from "./planned.ts";

/** What an exploration is made with. */
export interface ExplorerOptions {
  /** The scenario whose faults are drawn. */
  readonly base: Planned;
  readonly seed: string;
  /** Where what is drawn is written, and its runs. */
  readonly folder: string;
  readonly minutes: number;
  /** How many are tried at most, beside the parts of what fails. */
  readonly schedules: number;
  /** How often what was found is run with its faults, and how often without. */
  readonly confirmations: number;
  /** Ends with the first failure. */
  readonly isFirstEnough: boolean;
  readonly signal: AbortSignal;
  /** Runs the scenario of a file, with a seed. */
  run(file: string, seed: string): Promise<RunRecord>;
  /** Told of each run: what was tried in it, and when. */
  tell(record: RunRecord, elapsedMs: number): void;
  /** Told of the first schedule that could not be judged, and of the end when none of several could. */
  warn(undecided: Undecided, isEnd: boolean): void;
}

/** So many schedules in a row without one that was judged: what hinders them hinders all others, too. */
const blindAfter = 3;
/** Runs that could not be judged are kept up to this number, to be looked at. */
const undecidedKept = 3;

/** Runs one schedule after the other, and makes each that fails as small as it can be. */
export class Explorer {
  readonly #options: ExplorerOptions;
  readonly #began = performance.now();
  readonly #found: Reproducer[] = [];
  readonly #tried = new Map<string, RunRecord["verdict"]>();
  readonly #reasons = new Map<string, Undecided>();
  readonly #keptUndecided: string[] = [];
  #runs = 0;
  #inconclusive = 0;
  #schedules = 0;
  #judged = 0;
  #pairs = 0;
  #isCalm = false;

  constructor(options: ExplorerOptions) {
    this.#options = options;
  }

  /** @throws FaultlineError FAILS_WITHOUT_FAULT when nothing that fails could be blamed on a fault */
  async explore(trains: Iterable<Train>): Promise<void> {
    const { seed, schedules, isFirstEnough } = this.#options;
    let place = 0;
    for (const { injections: train, isOfPairs } of trains) {
      if (this.#isOver() || place >= schedules || (isFirstEnough && this.#found.length > 0)) return;
      place += 1;
      const name = `${seed}-${place}`;
      const seen = await this.#attempt(name, train);
      this.#note(seen, isOfPairs);
      if (seen.isUndecided && this.#isBlind()) return;
      if (seen.failed.length > 0 && this.#isNew(train, seen)) await this.#reduce(name, train, seen);
    }
  }

  /** What it came to, up to now. @param space everything that there was to be tried, under its title */
  exploration(space: readonly Single[], titleOf: (single: Single) => string): Exploration {
    return {
      version: 1,
      seed: this.#options.seed,
      scenario: this.#options.base.id,
      tookMs: Math.round(this.#elapsedMs()),
      runs: this.#runs,
      inconclusive: this.#inconclusive,
      schedules: this.#schedules,
      judged: this.#judged,
      undecided: this.#schedules - this.#judged,
      reasons: [...this.#reasons.values()].sort((one, other) => other.schedules - one.schedules),
      singles: space.map(titleOf).map((title) => ({ title, verdict: this.#tried.get(title) ?? "not tried" })),
      pairs: this.#pairs,
      reproducers: this.#found,
    };
  }

  /** Runs a schedule under a name and a seed, by a scenario file that anybody can run again. */
  async #attempt(name: string, injections: readonly Injection[], repeat = 1): Promise<Seen> {
    const { base, folder, seed, signal } = this.#options;
    const file = join(folder, `${name}.ts`);
    writeFileSync(file, scenarioText({ base, file: resolve(file), name, injections }));
    const record = await this.#options.run(file, `${seed}-${repeat}`);
    signal.throwIfAborted();
    this.#runs += 1;
    const seen = seenIn(record);
    if (seen.isUndecided) this.#inconclusive += 1;
    this.#options.tell(record, this.#elapsedMs());
    if (!this.#isKept(seen)) {
      rmSync(join(folder, record.id), { recursive: true });
      rmSync(file);
    }
    return seen;
  }

  /** What failed is kept, and the first of what could not be judged. */
  #isKept({ record, failed, isUndecided }: Seen): boolean {
    if (!isUndecided) return failed.length > 0;
    if (this.#keptUndecided.length >= undecidedKept) return false;
    this.#keptUndecided.push(record.id);
    return true;
  }

  /** The same, and once more with another seed where it could not be judged. */
  async #attemptTwice(name: string, part: readonly Injection[]): Promise<Seen> {
    const seen = await this.#attempt(name, part);
    return seen.isUndecided && !this.#isOver() ? await this.#attempt(name, part, 2) : seen;
  }

  async #reduce(name: string, train: readonly Injection[], first: Seen): Promise<void> {
    const isSame = ({ failed }: Seen): boolean => failed.some((one) => first.failed.includes(one));
    let smallest = { file: name, seen: first };
    let [made, undecidedParts] = [0, 0];
    let hasPassed = false;
    const fails = async (part: readonly Injection[]): Promise<boolean | "undecided" | undefined> => {
      if (this.#isOver()) return undefined;
      made += 1;
      const file = `${name}-${made}`;
      const seen = await this.#attemptTwice(file, atOnce(part));
      if (isSame(seen)) smallest = { file, seen };
      hasPassed ||= seen.record.verdict === "pass";
      if (!seen.isUndecided) return isSame(seen);
      undecidedParts += 1;
      return "undecided";
    };
    const likely = likelyOrder(train, first);
    const { core, isMinimal, passed } = await shrink(train, fails, likely, pairsIn(likely));
    // Where one of its faults does no harm, the load alone does none.
    const isCalm = hasPassed || (await this.#assertCalm());
    const { record } = smallest.seen;
    this.#found.push({
      name,
      checks: brokenIn(record).map((one) => ({ name: one.name, actual: one.actual })),
      schedule: record.plan.schedule,
      isMinimal,
      ...(undecidedParts === 0 ? {} : { undecidedParts }),
      ...(await this.#confirmed(name, core, { isSame, passed, isCalm })),
      file: join(this.#options.folder, `${smallest.file}.ts`),
      replay: record.replay,
      run: record.id,
      afterMs: Math.round(this.#elapsedMs()),
    });
  }

  /** How often the core fails with other seeds, and how often the same load does without it. */
  async #confirmed(
    name: string,
    core: readonly Injection[],
    { isSame, passed, isCalm }: { isSame: (seen: Seen) => boolean; passed: number; isCalm: boolean },
  ): Promise<{ with: Share; without: Share }> {
    // Each was run once before: the core when it was found to fail, and the load without it when it was found to pass.
    const withIt: Counted = { failed: 1, runs: 1 + passed };
    const without: Counted = { failed: 0, runs: isCalm ? 1 : 0 };
    for (let run = 2; run <= this.#options.confirmations && !this.#isOver(); run += 1) {
      count(withIt, await this.#attempt(`${name}-core`, atOnce(core), run), isSame);
      if (!this.#isOver()) count(without, await this.#attempt(`${name}-without`, [], run), isSame);
    }
    return { with: withIt, without };
  }

  /**
   * Runs the load without any fault, when something failed and nothing has passed yet: nobody needs it before.
   * @returns whether it passed; false when it could not be judged
   * @throws FaultlineError FAILS_WITHOUT_FAULT
   */
  async #assertCalm(): Promise<boolean> {
    if (this.#isCalm) return true;
    const { base, seed } = this.#options;
    const { record, failed, isUndecided } = await this.#attemptTwice(`${seed}-calm`, []);
    if (failed.length > 0) throw unsound(base.id, record);
    this.#isCalm = !isUndecided;
    return this.#isCalm;
  }

  /** Nothing is found twice, in another train. */
  #isNew(train: readonly Injection[], { failed }: Seen): boolean {
    const holds = ({ schedule }: Reproducer): boolean =>
      schedule.every(({ kind, target }) =>
        train.some(({ inject }) => inject.kind === kind && inject.target === target),
      );
    return !this.#found.some((one) => one.checks.some(({ name }) => failed.includes(name)) && holds(one));
  }

  #note({ record, failed, isUndecided }: Seen, isOfPairs: boolean): void {
    const { schedule } = record.plan;
    const verdict = failed.length > 0 ? "fail" : record.verdict;
    if (isOfPairs) this.#pairs += Math.round(schedule.length / 2);
    else for (const { title } of schedule) this.#tried.set(title, verdict);
    this.#schedules += 1;
    if (isUndecided) this.#noteUndecided(record);
    else this.#judged += 1;
  }

  #noteUndecided(record: RunRecord): void {
    const why = whyUndecided(record);
    const before = this.#reasons.get(why.reason);
    const run = this.#keptUndecided.includes(record.id) ? { run: record.id } : {};
    const now = { ...why, ...run, ...before, schedules: (before?.schedules ?? 0) + 1 };
    this.#reasons.set(why.reason, now);
    const isEnd = this.#isBlind();
    if (isEnd || this.#schedules - this.#judged === 1) this.#options.warn(now, isEnd);
  }

  /** Where some schedule was judged, others may be. */
  #isBlind(): boolean {
    return this.#judged === 0 && this.#schedules >= blindAfter;
  }

  readonly #elapsedMs = (): number => performance.now() - this.#began;

  #isOver(): boolean {
    return this.#options.signal.aborted || this.#elapsedMs() > this.#options.minutes * 60_000;
  }
}

/** The first one strikes as early as it may: what is left out before it need not be waited for. */
function atOnce(part: readonly Injection[]): readonly Injection[] {
  const earliest = Math.min(...part.map(({ at }) => Number(at)));
  return part.map((one) => ({ ...one, at: (Number(one.at) - earliest + 300) as Injection["lasting"] }));
}

/**
 * What began shortly before the first violation comes first; a guess at the order, and no more than that. What was
 * accepted just before a fault may be lost by it, so that one that begins a moment later is suspect, too.
 */
function likelyOrder(train: readonly Injection[], { record }: Seen): readonly Injection[] {
  const witnesses = brokenIn(record).flatMap(({ witness }) => witness);
  const times = witnesses.filter(({ violates }) => violates).map(({ fromFaultMs }) => fromFaultMs);
  if (times.length === 0) return train;
  const firstMs = Math.min(...times) + Number(train[0]?.at);
  const distance = ({ at }: Injection): number => {
    const sinceMs = firstMs - Number(at);
    return sinceMs < 0 ? -laterCosts * sinceMs : sinceMs;
  };
  return train.toSorted((one, other) => distance(one) - distance(other));
}

/** Those that act at the same time, each in the order of its likelier one. */
function pairsIn(likely: readonly Injection[]): readonly (readonly [Injection, Injection])[] {
  return likely.flatMap((one, index) =>
    likely.slice(index + 1).flatMap((other) => {
      const [first, second] = Number(one.at) <= Number(other.at) ? ([one, other] as const) : ([other, one] as const);
      return Number(second.at) < Number(first.at) + first.lasting ? [[first, second] as const] : [];
    }),
  );
}

/** How much less likely a fault is that begins so long after a violation than one that began so long before it. */
const laterCosts = 5;

/** What was tried, by its title. */
export const titleBy =
  (kinds: readonly FaultKind[]) =>
  ({ inject }: Single): string =>
    kinds.find(({ kind }) => kind === inject.kind)!.title(inject);
