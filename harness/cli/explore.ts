import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { faultKinds } from "../faults/index.ts";
import type { ContainerSettings } from "../model/config.ts";
import { exits, FaultlineError, usageError } from "../model/errors.ts";
import type { Exploration, Reproducer, Share } from "../model/explore/exploration.ts";
import type { Injection } from "../model/fault.ts";
import { randomFrom } from "../model/random.ts";
import type { RunRecord } from "../model/run.ts";
import { spaceOf, trains } from "../plan/explore.ts";
import { shrink } from "../plan/shrink.ts";
import { renderExploration } from "../report/explore-page.ts";
import { environmentNamed } from "./environments.ts";
import { explainCard, explorationLines } from "./explore-words.ts";
import { scenarioText } from "./explored-scenario.ts";
import { listenForInterrupts } from "./interrupt.ts";
import type { Output } from "./output.ts";
import { type Planned, planAll } from "./planned.ts";
import { runOne } from "./run-one.ts";

export interface ExploreFlags {
  readonly scenarios: string;
  readonly env: string;
  readonly containers?: ContainerSettings;
  readonly output: string;
  readonly seed: string;
  readonly minutes: string;
  readonly confirm: string;
  readonly first?: boolean;
  readonly allowTarget: readonly string[];
  readonly json?: boolean;
}

/** What a run is good for here. */
type Seen = Pick<RunRecord, "verdict" | "checks" | "id"> & { readonly failed: readonly string[] };

/** `faultline explore`: breaks whatever can be broken in a scenario's system, and keeps what fails. @returns the exit code */
export async function explore(filter: string | undefined, flags: ExploreFlags, output: Output): Promise<number> {
  const minutes = numberOf("--minutes", flags.minutes, 0.1);
  const confirmations = numberOf("--confirm", flags.confirm, 1);
  const entry = environmentNamed(flags.env);
  const base = await baseFor(filter, flags, entry.facts);
  const { scenario } = base;
  const context = { faultKinds, environment: entry.facts };
  const space = spaceOf(scenario.system, context);
  const folder = join(flags.output, "explore");
  mkdirSync(folder, { recursive: true });
  const environment = await entry.open(flags);
  const { signal, end } = listenForInterrupts((line) => output.say(line));
  const began = performance.now();
  const isOver = (): boolean => signal.aborted || performance.now() - began > minutes * 60_000;
  const state = { runs: 0, inconclusive: 0, pairs: 0, tried: new Map<string, RunRecord["verdict"]>() };
  const found: Reproducer[] = [];

  /** Runs a schedule under a name and a seed, by a scenario file that anybody can run again. */
  const attempt = async (name: string, injections: readonly Injection[], seed: string): Promise<Seen> => {
    const file = join(folder, `${name}.ts`);
    writeFileSync(file, scenarioText({ base, file: resolve(file), name, injections }));
    const { planned } = await planAll([file], { scenarios: folder, seed }, entry.facts);
    const { record } = await runOne(planned[0]!, environment, {
      into: folder,
      allowedTargets: flags.allowTarget,
      output: { ...output, say: () => undefined, pin: () => undefined, isLive: false },
      signal,
    });
    signal.throwIfAborted();
    state.runs += 1;
    if (record.verdict === "inconclusive") state.inconclusive += 1;
    const failed = record.checks.filter(({ verdict }) => verdict === "fail").map(({ name: check }) => check);
    const titles = record.plan.schedule.map(({ title }) => title).join(", then ") || "nothing";
    output.say(explainCard(record, titles, performance.now() - began, output));
    if (record.verdict !== "fail") {
      rmSync(join(folder, record.id), { recursive: true });
      rmSync(file);
    }
    return { ...record, failed };
  };

  const reduce = async (name: string, train: readonly Injection[], first: Seen): Promise<void> => {
    const isSame = (seen: Seen): boolean =>
      seen.verdict === "fail" && seen.failed.some((one) => first.failed.includes(one));
    let smallest = { name, seen: first };
    let made = 0;
    const fails = async (part: readonly Injection[]): Promise<boolean | undefined> => {
      if (isOver()) return undefined;
      made += 1;
      const own = `${name}-${made}`;
      const seen = await attempt(own, atOnce(part), `${flags.seed}-1`);
      if (isSame(seen)) smallest = { name: own, seen };
      return isSame(seen);
    };
    const { core, isMinimal } = await shrink(train, fails, likelyOrder(train, first));
    const [withIt, without] = [
      { failed: 1, runs: 1 },
      { failed: 0, runs: 0 },
    ];
    for (let run = 2; run <= confirmations && !isOver(); run += 1) {
      const seed = `${flags.seed}-${run}`;
      count(withIt, isSame(await attempt(`${name}-core`, atOnce(core), seed)));
      if (!isOver()) count(without, isSame(await attempt(`${name}-without`, [], seed)));
    }
    found.push(reproducerOf(smallest, { name, isMinimal, withIt, without }));
  };

  const reproducerOf = (
    { name: file, seen }: { name: string; seen: Seen },
    { name, isMinimal, withIt, without }: { name: string; isMinimal: boolean; withIt: Share; without: Share },
  ): Reproducer => {
    const { plan, checks, replay } = seen as unknown as RunRecord;
    return {
      name,
      checks: checks.filter(({ verdict }) => verdict === "fail").map((one) => ({ name: one.name, actual: one.actual })),
      schedule: plan.schedule,
      isMinimal,
      with: withIt,
      // The run of nothing at the beginning counts as well.
      without: { ...without, runs: without.runs + 1 },
      file: join(folder, `${file}.ts`),
      replay,
      run: seen.id,
      afterMs: Math.round(performance.now() - began),
    };
  };

  const conclude = (): Exploration => ({
    version: 1,
    seed: flags.seed,
    scenario: base.id,
    tookMs: Math.round(performance.now() - began),
    runs: state.runs,
    inconclusive: state.inconclusive,
    singles: space.map(({ inject }) => {
      const title = faultKinds.find(({ kind }) => kind === inject.kind)!.title(inject);
      return { title, verdict: state.tried.get(title) ?? "not tried" };
    }),
    pairs: state.pairs,
    reproducers: found,
  });

  try {
    const calm = await attempt(`${flags.seed}-calm`, [], `${flags.seed}-1`);
    if (calm.verdict === "fail") throw unsound(base.id, calm);
    let place = 0;
    for (const train of trains(space, randomFrom(flags.seed), scenario.system, context)) {
      if (isOver() || (flags.first === true && found.length > 0)) break;
      place += 1;
      const name = `${flags.seed}-${place}`;
      const seen = await attempt(name, train, `${flags.seed}-1`);
      note(state, seen as unknown as RunRecord);
      const isNew = !found.some(
        (one) => one.checks.some((check) => seen.failed.includes(check.name)) && holds(train, one),
      );
      if (seen.verdict === "fail" && isNew) await reduce(name, train, seen);
    }
  } finally {
    end();
    output.pin([]);
    write(conclude(), flags, output);
  }
  return found.length > 0 ? exits.fail : state.runs > state.inconclusive + 1 ? exits.pass : exits.inconclusive;
}

/** Whether a schedule has all that another one needs to fail. */
const holds = (train: readonly Injection[], { schedule }: Reproducer): boolean =>
  schedule.every(({ kind, target }) => train.some(({ inject }) => inject.kind === kind && inject.target === target));

function note(state: { pairs: number; tried: Map<string, RunRecord["verdict"]> }, { plan, verdict }: RunRecord): void {
  const isTrainOfPairs = plan.schedule.some((one, index) => {
    const before = plan.schedule[index - 1];
    return before !== undefined && one.atMs < before.atMs + before.lastingMs;
  });
  if (isTrainOfPairs) state.pairs += Math.round(plan.schedule.length / 2);
  else for (const { title } of plan.schedule) state.tried.set(title, verdict);
}

function count(share: { failed: number; runs: number }, isFailed: boolean): void {
  share.runs += 1;
  if (isFailed) share.failed += 1;
}

/** The first one strikes as early as it may: what is left out before it need not be waited for. */
function atOnce(part: readonly Injection[]): readonly Injection[] {
  const earliest = Math.min(...part.map(({ at }) => Number(at)));
  return part.map((one) => ({ ...one, at: (Number(one.at) - earliest + 300) as Injection["lasting"] }));
}

/** What had begun shortly before the first violation comes first; a guess at the order, and no more than that. */
function likelyOrder(train: readonly Injection[], seen: Seen): readonly Injection[] {
  const witnesses = seen.checks.filter(({ verdict }) => verdict === "fail").flatMap(({ witness }) => witness);
  const times = witnesses.filter(({ violates }) => violates).map(({ fromFaultMs }) => fromFaultMs);
  if (times.length === 0) return train;
  const [{ at: firstAt = 0 } = { at: 0 }] = train as readonly { at?: unknown }[];
  const firstMs = Math.min(...times) + Number(firstAt);
  const distance = ({ at }: Injection): number => {
    const sinceMs = firstMs - Number(at);
    // What begins only later is no cause.
    return sinceMs < 0 ? 1e9 - sinceMs : sinceMs;
  };
  return train.toSorted((one, other) => distance(one) - distance(other));
}

function write(exploration: Exploration, flags: ExploreFlags, output: Output): void {
  writeFileSync(join(flags.output, "explore.json"), `${JSON.stringify(exploration, null, 2)}\n`);
  const page = join(flags.output, "explore.html");
  writeFileSync(page, renderExploration(exploration, "explore"));
  const lines = explorationLines(exploration, relative(process.cwd(), page), output);
  if (flags.json === true) output.json(exploration);
  if (flags.json === true) output.say("", ...lines);
  else output.print(...lines);
}

/** The scenario that is named, or the only one with the tag `explore`. */
async function baseFor(
  filter: string | undefined,
  flags: ExploreFlags,
  facts: Parameters<typeof planAll>[2],
): Promise<Planned> {
  const by = filter === undefined ? { tag: "explore" } : {};
  const { planned } = await planAll(
    filter === undefined ? [] : [filter],
    { scenarios: flags.scenarios, seed: flags.seed, ...by },
    facts,
  );
  const [base, another] = planned;
  if (base !== undefined && another === undefined) return base;
  const message = `${planned.length} scenarios are meant`;
  const remedy = "Name one, as faultline explore any-fault; its faults are replaced by drawn ones.";
  throw usageError({ code: "NOT_ONE_SCENARIO", where: "explore", message, remedy });
}

function unsound(id: string, { checks }: Seen): FaultlineError {
  const failed = checks.filter(({ verdict }) => verdict === "fail").map(({ title, actual }) => `${title}: ${actual}`);
  const remedy = "Let it pass first: nothing that is found then could be blamed on a fault.";
  return new FaultlineError(exits.inconclusive, [
    { code: "FAILS_WITHOUT_FAULT", where: id, message: `fails without any fault (${failed.join("; ")})`, remedy },
  ]);
}

function numberOf(where: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= least && value <= 10_000) return value;
  const remedy = `Give a number from ${least} to 10000, as ${where} 5.`;
  throw usageError({ code: "BAD_NUMBER", where, message: `is "${text}"`, remedy });
}
