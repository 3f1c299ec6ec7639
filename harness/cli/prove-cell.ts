import { spawn } from "node:child_process";
import type { Mutant } from "../model/mutant.ts";
import type { Cell } from "../model/prove/proof.ts";
import type { RunRecord } from "../model/run.ts";
import { heard } from "./told.ts";

/** A cell that is still to be run. */
export type Wanted = Pick<Cell, "mutant" | "scenario" | "seed" | "fingerprint"> & {
  readonly path: string;
  readonly variant?: string;
  /** Of its phases together. */
  readonly lengthMs: number;
};

/** What a run takes beside its phases is far less: it starts, comes to rest, is audited and judged. */
const besideMs = 240_000;
const graceMs = 30_000;

/** How cells are run. */
export interface CellContext {
  readonly environment: string;
  /** The folder of the run folders. */
  readonly into: string;
  readonly allowedTargets: readonly string[];
  readonly mutants: readonly Mutant[];
  readonly signal: AbortSignal;
}

/**
 * Runs one cell as a command of its own, since a scenario asks its environment when it is loaded.
 * @throws Error when the command came to no verdict, with its last lines: a run that breaks is no mutant that is caught
 */
export async function runCell(wanted: Wanted, context: CellContext): Promise<Cell> {
  const { path, variant, lengthMs, ...cell } = wanted;
  const { environment, into, allowedTargets, signal } = context;
  const began = performance.now();
  const targets = allowedTargets.flatMap((host) => ["--allow-target", host]);
  const chosen = variant === undefined ? [] : ["--variant", variant];
  const args = [
    "run",
    path,
    "--seed",
    wanted.seed,
    "--env",
    environment,
    "--json",
    "--output",
    into,
    ...targets,
    ...chosen,
  ];
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...args, "--reporter", "junit"], {
    // The channel tells it when we are gone.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: variablesOf(wanted.mutant, context.mutants),
    // Ctrl-C in a terminal goes to the whole group: it would come twice, and the second one means at once.
    detached: true,
  });
  const { code, stdout, stderr } = await heard(child, { limitMs: lengthMs + besideMs, graceMs, signal });
  const record = recordOf(stdout);
  if (record?.verdict === undefined) {
    const last = stderr.trimEnd().split("\n").slice(-8).join("\n  ");
    throw new Error(`${wanted.scenario} came to no verdict (${code === null ? "killed" : `exit ${code}`}):\n  ${last}`);
  }
  const { verdict } = record;
  const checks = record.checks.filter((one) => one.verdict === verdict && verdict !== "pass");
  return {
    ...cell,
    verdict,
    checks: checks.map(({ name, actual }) => ({ name, actual })),
    said: record.sentence,
    tookMs: Math.round(performance.now() - began),
    run: record.id,
  };
}

/** Ours, without what switches any mutant on, and with what switches this one on. What CI is told is told once, by us. */
function variablesOf(name: string | null, mutants: readonly Mutant[]): NodeJS.ProcessEnv {
  const { GITHUB_ACTIONS: _, GITHUB_STEP_SUMMARY: __, ...variables } = process.env;
  for (const { environment } of mutants) for (const variable of Object.keys(environment)) delete variables[variable];
  return { ...variables, ...mutants.find((mutant) => mutant.name === name)?.environment };
}

function recordOf(stdout: string): RunRecord | undefined {
  try {
    return (JSON.parse(stdout) as { runs?: readonly RunRecord[] }).runs?.[0];
  } catch {
    return undefined;
  }
}
