import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { usageError } from "../model/errors.ts";
import type { Mutant } from "../model/mutant.ts";
import { bySureness, type Proof } from "../model/prove/proof.ts";
import { readProof } from "../store/proof-file.ts";
import type { Planned } from "./planned.ts";
import type { ProveFlags } from "./prove.ts";
import type { Wanted } from "./prove-cell.ts";

/** Everything that a proof may run. */
export interface PlannedAll {
  readonly scenarios: readonly Planned[];
  /** Scenario → repeat → what is planned. */
  readonly plans: ReadonlyMap<string, readonly Planned[]>;
  readonly canary?: Planned;
}

/**
 * The canary first, then the system as it is, then one mutant after the other, what caught it before first. Several queues
 * are worked off at a time; what may make another cell needless is in one queue with it, before it.
 */
export function queuesOf(
  { plans, canary }: PlannedAll,
  mutants: readonly Mutant[],
  known: Proof | undefined,
  flags: ProveFlags,
): readonly Wanted[][] {
  const met = mutants.map((mutant) => ({ mutant, scenarios: scenariosFor(mutant, [...plans.keys()], known, flags) }));
  const sampled = new Set(met.flatMap(({ scenarios }) => scenarios));
  const own = [...plans.keys()].filter((id) => flags.sample !== true || sampled.has(id));
  const queueOf = (mutant: Mutant | null, scenarios: readonly string[]): Wanted[] =>
    scenarios.flatMap((id) => plans.get(id)!.map((one) => cellOf(mutant, one, flags)));
  const queues = [...own.map((id) => queueOf(null, [id])), ...met.map((one) => queueOf(one.mutant, one.scenarios))];
  const first = canary === undefined ? [] : [[cellOf(null, canary, flags)]];
  return [...first, ...(flags.untilCaught === true ? queues : queues.flat().map((cell) => [cell]))];
}

/**
 * Mutants of which a sample can tell nothing: what is known to catch them is not among the scenarios, or can't run here.
 * @returns each with what is known to catch it
 */
export function outOfReach(
  { plans }: PlannedAll,
  mutants: readonly Mutant[],
  known: Proof | undefined,
): ReadonlyMap<Mutant, readonly string[]> {
  const met = mutants.map((mutant) => [mutant, catchersOf(mutant, known)] as const);
  return new Map(met.filter(([, catching]) => catching.length > 0 && !catching.some((id) => plans.has(id))));
}

/** What caught it before, the surest first. */
function catchersOf({ name }: Mutant, known: Proof | undefined): readonly string[] {
  const before = bySureness(known?.mutants.find((one) => one.name === name)?.scenarios ?? []);
  return before.filter(({ failed }) => failed > 0).map(({ scenario }) => scenario);
}

/** The scenarios that a mutant meets, of those that there are: what caught it before first, the surest before the others. */
function scenariosFor(
  mutant: Mutant,
  all: readonly string[],
  known: Proof | undefined,
  flags: ProveFlags,
): readonly string[] {
  const catching = catchersOf(mutant, known).filter((id) => all.includes(id));
  if (flags.sample === true && catching.length > 0) return catching.slice(0, 1);
  if (flags.known !== undefined && catching.length > 0) return catching;
  return [...catching, ...all.filter((id) => !catching.includes(id))];
}

/** Its fingerprint is of all that its verdict may depend on, so far as we know it. */
function cellOf(
  mutant: Mutant | null,
  { id, path, plan, scenario, variant }: Planned,
  { env }: Pick<ProveFlags, "env">,
): Wanted {
  const checks = scenario.checks.map(({ name, parameters }) => [name, parameters]);
  return {
    mutant: mutant?.name ?? null,
    scenario: id,
    path,
    ...(variant === undefined ? {} : { variant }),
    seed: plan.seed,
    lengthMs: plan.phases.reduce((sum, { lengthMs }) => sum + lengthMs, 0),
    fingerprint: fingerprintOf([plan, checks, mutant?.environment, env]),
  };
}

/** What caught what before: as is said, or else as the project says, or the latest proof. */
export function knownProof({ known, proven, output, untilCaught, sample }: ProveFlags): Proof | undefined {
  const latest = join(output, "prove.json");
  const file = known ?? proven ?? (existsSync(latest) ? latest : undefined);
  if (file !== undefined && (known !== undefined || untilCaught === true || sample === true)) return readProof(file);
  if (sample !== true) return undefined;
  const message = "nothing is known of what catches which mutant";
  const remedy = "Run `faultline prove` once without it, or name its prove.json by --known.";
  throw usageError({ code: "NOTHING_PROVEN", where: "--sample", message, remedy });
}

const fingerprintOf = (what: unknown): string =>
  createHash("sha256").update(JSON.stringify(what)).digest("hex").slice(0, 16);
