import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { faultKinds } from "../faults/index.ts";
import type { ContainerSettings } from "../model/config.ts";
import { exits, usageError } from "../model/errors.ts";
import { type Exploration, judgedOf } from "../model/explore/exploration.ts";
import { randomFrom } from "../model/random.ts";
import { spaceOf, trains } from "../plan/explore.ts";
import { renderExploration } from "../report/explore-page.ts";
import { environmentNamed } from "./environments.ts";
import { explainCard, explorationLines, undecidedLines } from "./explore-words.ts";
import { Explorer, titleBy } from "./explorer.ts";
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
  readonly schedules: string;
  readonly confirm: string;
  readonly first?: boolean;
  readonly allowTarget: readonly string[];
  readonly json?: boolean;
}

/** `faultline explore`: breaks whatever can be broken in a scenario's system, and keeps what fails. @returns the exit code */
export async function explore(filter: string | undefined, flags: ExploreFlags, output: Output): Promise<number> {
  const minutes = numberOf("--minutes", flags.minutes, 0.1);
  const schedules = numberOf("--schedules", flags.schedules, 1);
  const confirmations = numberOf("--confirm", flags.confirm, 1);
  const entry = environmentNamed(flags.env);
  const base = await baseFor(filter, flags, entry.facts);
  const { system } = base.scenario;
  const context = { faultKinds, environment: entry.facts };
  const space = spaceOf(system, context);
  const folder = join(flags.output, "explore");
  mkdirSync(folder, { recursive: true });
  const environment = await entry.open(flags);
  const { signal, end } = listenForInterrupts((line) => output.say(line));
  const quiet = { ...output, say: () => undefined, pin: () => undefined, isLive: false };
  const explorer = new Explorer({
    base,
    seed: flags.seed,
    folder,
    minutes,
    schedules,
    confirmations,
    isFirstEnough: flags.first === true,
    signal,
    async run(file, seed) {
      const { planned } = await planAll([file], { scenarios: folder, seed }, entry.facts);
      const { allowTarget: allowedTargets } = flags;
      return (await runOne(planned[0]!, environment, { into: folder, allowedTargets, output: quiet, signal })).record;
    },
    tell(record, elapsedMs) {
      const titles = record.plan.schedule.map(({ title }) => title).join(", then ") || "nothing";
      output.say(explainCard(record, titles, elapsedMs, output));
    },
    warn: (undecided, isEnd) => output.say(...undecidedLines(undecided, isEnd, folder, output)),
  });
  try {
    await explorer.explore(trains(space, randomFrom(flags.seed), system, context));
  } finally {
    end();
    output.pin([]);
    write(explorer.exploration(space, titleBy(faultKinds)), flags, output);
  }
  const exploration = explorer.exploration(space, titleBy(faultKinds));
  if (flags.json === true) output.json(exploration);
  if (exploration.reproducers.length > 0) return exits.fail;
  return judgedOf(exploration).judged > 0 ? exits.pass : exits.inconclusive;
}

/** Also of what was broken off. With `--json` that has its own document on standard output, the error's. */
function write(exploration: Exploration, flags: ExploreFlags, output: Output): void {
  writeFileSync(join(flags.output, "explore.json"), `${JSON.stringify(exploration, null, 2)}\n`);
  const page = join(flags.output, "explore.html");
  writeFileSync(page, renderExploration(exploration, "explore"));
  const lines = explorationLines(exploration, relative(process.cwd(), page), output);
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

function numberOf(where: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= least && value <= 10_000) return value;
  const remedy = `Give a number from ${least} to 10000, as ${where} 5.`;
  throw usageError({ code: "OUT_OF_BOUNDS", where, message: `is "${text}"`, remedy });
}
