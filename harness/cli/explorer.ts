import { rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { exits, FaultlineError } from "../model/errors.ts";
import type { Exploration, Reproducer, Share } from "../model/explore/exploration.ts";
import type { FaultKind, Injection } from "../model/fault.ts";
import type { RunRecord } from "../model/run.ts";
import type { Single, Train } from "../plan/explore.ts";
import { shrink } from "../plan/shrink.ts";
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
}

/** A run of some part of a schedule. */
interface Seen {
  readonly record: RunRecord;
  /** Names of the checks that failed. */
  readonly failed: readonly string[];
}

/** Runs one schedule after the other, and makes each that fails as small as it can be. */
export class Explorer {
  readonly #options: ExplorerOptions;
  readonly #began = performance.now();
  readonly #found: Reproducer[] = [];
  readonly #tried = new Map<string, RunRecord["verdict"]>();
  #runs = 0;
  #inconclusive = 0;
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
      this.#note(seen.record, isOfPairs);
      if (seen.record.verdict === "fail" && this.#isNew(train, seen)) await this.#reduce(name, train, seen);
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
    if (record.verdict === "inconclusive") this.#inconclusive += 1;
    this.#options.tell(record, this.#elapsedMs());
    if (record.verdict !== "fail") {
      rmSync(join(folder, record.id), { recursive: true });
      rmSync(file);
    }
    return { record, failed: failedChecks(record).map(({ name: check }) => check) };
  }

  async #reduce(name: string, train: readonly Injection[], first: Seen): Promise<void> {
    const isSame = ({ failed }: Seen): boolean => failed.some((one) => first.failed.includes(one));
    let smallest = { file: name, seen: first };
    let made = 0;
    let hasPassed = false;
    const fails = async (part: readonly Injection[]): Promise<boolean | undefined> => {
      if (this.#isOver()) return undefined;
      made += 1;
      const file = `${name}-${made}`;
      const seen = await this.#attempt(file, atOnce(part));
      if (isSame(seen)) smallest = { file, seen };
      hasPassed ||= seen.record.verdict === "pass";
      return isSame(seen);
    };
    const likely = likelyOrder(train, first);
    const { core, isMinimal, passed } = await shrink(train, fails, likely, pairsIn(likely));
    // Where one of its faults does no harm, the load alone does none.
    if (!hasPassed) await this.#assertCalm();
    const { record } = smallest.seen;
    this.#found.push({
      name,
      checks: failedChecks(record).map((one) => ({ name: one.name, actual: one.actual })),
      schedule: record.plan.schedule,
      isMinimal,
      ...(await this.#confirmed(name, core, { isSame, passed })),
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
    { isSame, passed }: { isSame: (seen: Seen) => boolean; passed: number },
  ): Promise<{ with: Share; without: Share }> {
    // Each was run once before: the core when it was found to fail, and the load without it when it was found to pass.
    const [withIt, without] = [
      { failed: 1, runs: 1 + passed },
      { failed: 0, runs: 1 },
    ];
    for (let run = 2; run <= this.#options.confirmations && !this.#isOver(); run += 1) {
      count(withIt, isSame(await this.#attempt(`${name}-core`, atOnce(core), run)));
      if (!this.#isOver()) count(without, isSame(await this.#attempt(`${name}-without`, [], run)));
    }
    return { with: withIt, without };
  }

  /** The load without any fault: run when something failed and nothing has passed yet, since nobody needs it before. */
  async #assertCalm(): Promise<void> {
    if (this.#isCalm) return;
    const { base, seed } = this.#options;
    const calm = await this.#attempt(`${seed}-calm`, []);
    if (calm.record.verdict === "fail") throw unsound(base.id, calm.record);
    this.#isCalm = true;
  }

  /** Nothing is found twice, in another train. */
  #isNew(train: readonly Injection[], { failed }: Seen): boolean {
    const holds = ({ schedule }: Reproducer): boolean =>
      schedule.every(({ kind, target }) =>
        train.some(({ inject }) => inject.kind === kind && inject.target === target),
      );
    return !this.#found.some((one) => one.checks.some(({ name }) => failed.includes(name)) && holds(one));
  }

  #note({ plan: { schedule }, verdict }: RunRecord, isOfPairs: boolean): void {
    if (isOfPairs) this.#pairs += Math.round(schedule.length / 2);
    else for (const { title } of schedule) this.#tried.set(title, verdict);
  }

  readonly #elapsedMs = (): number => performance.now() - this.#began;

  #isOver(): boolean {
    return this.#options.signal.aborted || this.#elapsedMs() > this.#options.minutes * 60_000;
  }
}

const failedChecks = ({ checks }: RunRecord): RunRecord["checks"] => checks.filter(({ verdict }) => verdict === "fail");

function count(share: { failed: number; runs: number }, isFailed: boolean): void {
  share.runs += 1;
  if (isFailed) share.failed += 1;
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
  const witnesses = failedChecks(record).flatMap(({ witness }) => witness);
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

function unsound(id: string, record: RunRecord): FaultlineError {
  const failed = failedChecks(record).map(({ title, actual }) => `${title}: ${actual}`);
  const remedy = "Let it pass first: nothing that is found then could be blamed on a fault.";
  return new FaultlineError(exits.inconclusive, [
    { code: "FAILS_WITHOUT_FAULT", where: id, message: `fails without any fault (${failed.join("; ")})`, remedy },
  ]);
}

/** What was tried, by its title. */
export const titleBy =
  (kinds: readonly FaultKind[]) =>
  ({ inject }: Single): string =>
    kinds.find(({ kind }) => kind === inject.kind)!.title(inject);
