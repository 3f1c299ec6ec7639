import { spawn } from "node:child_process";
import { exits, FaultlineError } from "../model/errors.ts";
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
  /** Whether it injects no fault: what it finds on the correct system lies in no fault. */
  readonly isControl: boolean;
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
 * Makes one run as a command of its own, since a scenario asks its environment when it is loaded.
 * @param sharing the cells that it decides: one, or those of several mutants, which are all switched on
 * @returns a cell for each of them
 * @throws FaultlineError NO_VERDICT when the command came to none, with its last lines: a run that breaks catches nothing
 */
export async function runCells(sharing: readonly Wanted[], context: CellContext): Promise<readonly Cell[]> {
  const [wanted] = sharing as [Wanted, ...Wanted[]];
  const { path, variant, lengthMs } = wanted;
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
    env: variablesOf(
      sharing.map(({ mutant }) => mutant),
      context.mutants,
    ),
    // Ctrl-C in a terminal goes to the whole group: it would come twice, and the second one means at once.
    detached: true,
  });
  const { code, stdout, stderr } = await heard(child, { limitMs: lengthMs + besideMs, graceMs, signal });
  const record = recordOf(stdout);
  if (record?.verdict === undefined) throw noVerdict(wanted, code, stderr);
  const { verdict, cause } = record;
  const checks = record.checks.filter((one) => one.verdict === verdict && verdict !== "pass");
  const brokeBudgetsOnly = verdict === "fail" && checks.every(({ guards }) => guards === "budget");
  const shared = sharing.flatMap(({ mutant }) => mutant ?? []);
  return sharing.map(({ mutant, scenario, seed, fingerprint }) => ({
    mutant,
    scenario,
    seed,
    fingerprint,
    verdict,
    checks: checks.map(({ name, actual }) => ({ name, actual })),
    ...(brokeBudgetsOnly ? { brokeBudgetsOnly } : {}),
    said: record.sentence,
    ...(verdict === "inconclusive" && cause !== undefined ? { cause } : {}),
    ...(sharing.length === 1 ? {} : { shared }),
    tookMs: Math.round(performance.now() - began),
    run: record.id,
  }));
}

/** It ends the proof as the command ended: with what was wrong with the usage, with the system, or with Faultline. */
function noVerdict({ scenario, mutant }: Wanted, code: number | null, stderr: string): FaultlineError {
  const last = stderr.trimEnd().split("\n").slice(-8).join("\n  ");
  const isKnown = code === exits.usage || code === exits.system || code === exits.leftBroken;
  const how = code === null ? "killed" : `exit ${code}`;
  const message = `the run came to no verdict (${how}):\n  ${last}`;
  const where = `${mutant ?? "(correct)"} × ${scenario}`;
  const remedy = "Correct that first. What was run is kept: the same command goes on from here.";
  return new FaultlineError(isKnown ? code : exits.bug, [{ code: "NO_VERDICT", where, message, remedy }]);
}

/** Ours, without what switches any mutant on, and with what switches these on. CI hears of it once, from us. */
function variablesOf(names: readonly (string | null)[], mutants: readonly Mutant[]): NodeJS.ProcessEnv {
  const { GITHUB_ACTIONS: _, GITHUB_STEP_SUMMARY: __, ...variables } = process.env;
  for (const { environment } of mutants) for (const variable of Object.keys(environment)) delete variables[variable];
  return { ...variables, ...switchesOf(names, mutants) };
}

/** What switches mutants on together: the values of their variable, joined as it says. */
export function switchesOf(
  names: readonly (string | null)[],
  mutants: readonly Mutant[],
): Readonly<Record<string, string>> {
  const chosen = mutants.filter(({ name }) => names.includes(name));
  const [first] = chosen;
  if (first === undefined || chosen.length === 1) return first?.environment ?? {};
  const values = chosen.map(({ environment }) => Object.values(environment)[0]!);
  return { [Object.keys(first.environment)[0]!]: values.join(first.joins) };
}

function recordOf(stdout: string): RunRecord | undefined {
  try {
    return (JSON.parse(stdout) as { runs?: readonly RunRecord[] }).runs?.[0];
  } catch {
    return undefined;
  }
}
