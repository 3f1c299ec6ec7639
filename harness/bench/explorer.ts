import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../cli/config.ts";
import { heard } from "../cli/told.ts";
import type { Problem } from "../model/errors.ts";
import { type Exploration, judgedOf, type Reproducer } from "../model/explore/exploration.ts";
import type { Mutant } from "../model/mutant.ts";
import { duration, statedDuration } from "../model/quantities.ts";
import type { BenchOptions } from "./benches.ts";

/** How many mutants are to be found within how long, in all. */
const explorerTargets = { found: 10, withinMinutes: 20, injections: 2 } as const;
const seed = "1";
const limitMinutes = 10;
const bin = fileURLToPath(new URL("../bin.mjs", import.meta.url));

/** What the explorer made of one mutant. */
interface Explored {
  readonly mutant: string;
  readonly tookMs: number;
  /** When it ended, after the start of the bench. */
  readonly endedMs: number;
  readonly found: readonly Reproducer[];
  /** Why it could not be explored, as that it fails without any fault, or that its runs came to no verdict. */
  readonly hindrance?: string;
}

/**
 * The explorer's first schedule on each of the seeded bugs, of which it is told nothing; what fails is shrunk. As many at
 * a time as there are cores: an exploration waits most of its time.
 */
export async function explorer({ output, keep, signal }: BenchOptions): Promise<void> {
  const { mutants = [] } = await loadConfig("faultline.config.ts");
  const folder = mkdtempSync(join(tmpdir(), "faultline-bench-"));
  output.print(
    "",
    `the explorer's first schedule (seed ${seed}) on each of ${mutants.length} mutants; what fails is shrunk`,
  );
  const began = performance.now();
  const all: Explored[] = [];
  const rest = [...mutants];
  const work = async (): Promise<void> => {
    for (let mutant = rest.shift(); mutant !== undefined; mutant = rest.shift()) {
      signal.throwIfAborted();
      const explored = await explore(mutant, join(folder, mutant.name), signal);
      all.push({ ...explored, endedMs: performance.now() - began });
      keep(all.at(-1)!);
      output.print(...linesOf(all.at(-1)!));
    }
  };
  try {
    const ended = await Promise.allSettled(Array.from({ length: cpus().length }, work));
    for (const one of ended) if (one.status === "rejected") throw one.reason;
    output.print(judgement(all, performance.now() - began));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function explore(mutant: Mutant, into: string, signal: AbortSignal): Promise<Omit<Explored, "endedMs">> {
  mkdirSync(into);
  const began = performance.now();
  const budget = ["--schedules", "1", "--first", "--minutes", String(limitMinutes), "--confirm", "1"];
  const child = spawn(process.execPath, [bin, "explore", "--seed", seed, ...budget, "--json", "-o", into], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, ...mutant.environment },
    detached: true,
  });
  const { stdout, stderr } = await heard(child, { limitMs: 2 * limitMinutes * 60_000, graceMs: 30_000, signal });
  if (stdout === "") throw new Error(`${mutant.name}: ${stderr.trimEnd().split("\n").at(-1)}`);
  const answer = JSON.parse(stdout) as Exploration | { readonly error: { readonly problems: readonly Problem[] } };
  if ("error" in answer) {
    const hindrance = answer.error.problems.map(({ code }) => code).join(", ");
    return { mutant: mutant.name, tookMs: performance.now() - began, found: [], hindrance };
  }
  const { tookMs, reproducers: found, reasons = [] } = answer;
  const hindrance = `not judged: ${reasons[0]?.reason ?? "no schedule was tried"}`;
  return { mutant: mutant.name, tookMs, found, ...(judgedOf(answer).judged === 0 ? { hindrance } : {}) };
}

function linesOf({ mutant, tookMs, found: [one], hindrance = "nothing" }: Explored): readonly string[] {
  const head = `  ${mutant.padEnd(22)} ${duration(tookMs).padStart(8)}  `;
  if (one === undefined) return [`${head}${hindrance}`];
  const schedule = one.schedule.map(({ title }) => title).join(", with ");
  return [`${head}${one.checks.map(({ name }) => name).join(", ")}: ${schedule}`];
}

function judgement(all: readonly Explored[], tookMs: number): string {
  const { found: target, withinMinutes, injections } = explorerTargets;
  const found = all.flatMap((one) => one.found);
  const small = found.filter(({ schedule }) => schedule.length <= injections).length;
  const early = all.filter(({ endedMs }) => endedMs <= withinMinutes * 60_000).flatMap((one) => one.found).length;
  return [
    `${found.length} of ${all.length} found in ${duration(tookMs)}, ${small} of them shrunk to at most ${injections} injections;`,
    `${early} in the first ${statedDuration(withinMinutes * 60_000)} (target: ${target})`,
  ].join(" ");
}
