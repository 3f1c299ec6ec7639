import { existsSync } from "node:fs";
import { join } from "node:path";
import { usageError } from "../model/errors.ts";
import type { Mutant } from "../model/mutant.ts";
import { bySureness, type Cell, type Proof } from "../model/prove/proof.ts";
import { readProof } from "../store/proof-file.ts";
import type { Planned } from "./planned.ts";
import type { ProveFlags } from "./prove.ts";
import type { Wanted } from "./prove-cell.ts";
import { Fingerprints } from "./prove-fingerprint.ts";
import type { Queue, Queues } from "./prove-schedule.ts";

/** Everything that a proof may run. */
export interface PlannedAll {
  readonly scenarios: readonly Planned[];
  /** Scenario → repeat → what is planned. */
  readonly plans: ReadonlyMap<string, readonly Planned[]>;
  readonly canary?: Planned;
}

/** What queues are made with, beside what is planned. */
type QueueFlags = Pick<ProveFlags, "env" | "output" | "known" | "untilCaught" | "sample" | "apart">;

/**
 * The canary first, then the system as it is, then one mutant after the other, what caught it before first. Several queues
 * are worked off at a time; what may make another cell needless is in one queue with it, before it.
 * @param known what caught what before, and so is tried first
 * @param expected what says which mutants are expected to be caught, and by what: the others may share a run
 */
export function queuesOf(
  { plans, canary }: PlannedAll,
  mutants: readonly Mutant[],
  { known, expected = [] }: { readonly known?: Proof | undefined; readonly expected?: readonly Proof[] },
  flags: QueueFlags,
  fingerprints = new Fingerprints(flags),
): Queues {
  const met = mutants.map((mutant) => ({ mutant, scenarios: scenariosFor(mutant, [...plans.keys()], known, flags) }));
  const sampled = new Set(met.flatMap(({ scenarios }) => scenarios));
  const own = [...plans.keys()].filter((id) => flags.sample !== true || sampled.has(id));
  const queueOf = (mutant: Mutant | null, scenarios: readonly string[]): Queue =>
    scenarios.flatMap((id) => plans.get(id)!.map((one) => [cellOf(mutant, one, fingerprints)]));
  const perQueue = (queue: Queue): readonly Queue[] =>
    flags.untilCaught === true ? [queue] : queue.map((one) => [one]);
  const queues = met.flatMap((one) => perQueue(queueOf(one.mutant, one.scenarios)));
  const isApart = flags.untilCaught === true || flags.apart === true;
  return {
    canary: canary === undefined ? [] : [[[cellOf(null, canary, fingerprints)]]],
    correct: own.flatMap((id) => perQueue(queueOf(null, [id]))),
    mutants: isApart ? queues : sharing(queues.flat(2), mutants, expected),
  };
}

/** What one mutant hides of another is less, and what is run again alone when one is caught, the fewer share a run. */
const sharedAtMost = 4;

/**
 * Joins cells of different mutants in one scenario with one seed, where none is expected to be caught: of each it is known
 * that another scenario catches it, so that none survives by what it shares.
 */
function sharing(cells: readonly Wanted[], mutants: readonly Mutant[], expected: readonly Proof[]): readonly Queue[] {
  const groups = Map.groupBy(cells, (cell) => {
    const mutant = mutants.find(({ name }) => name === cell.mutant)!;
    const catching = expected.flatMap((proof) => catchersOf(mutant, proof));
    const isExpected = catching.length === 0 || catching.includes(cell.scenario);
    const key =
      mutant.joins === undefined || isExpected ? cell.mutant : [mutant.joins, ...Object.keys(mutant.environment)];
    return JSON.stringify([cell.scenario, cell.seed, key]);
  });
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / sharedAtMost) }, (_, index) => [
      group.slice(index * sharedAtMost, (index + 1) * sharedAtMost),
    ]),
  );
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
  flags: QueueFlags,
): readonly string[] {
  const catching = catchersOf(mutant, known).filter((id) => all.includes(id));
  if (flags.sample === true && catching.length > 0) return catching.slice(0, 1);
  if (flags.known !== undefined && catching.length > 0) return catching;
  return [...catching, ...all.filter((id) => !catching.includes(id))];
}

function cellOf(mutant: Mutant | null, planned: Planned, fingerprints: Fingerprints): Wanted {
  const { id, path, plan, variant } = planned;
  return {
    mutant: mutant?.name ?? null,
    scenario: id,
    path,
    ...(variant === undefined ? {} : { variant }),
    seed: plan.seed,
    lengthMs: plan.phases.reduce((sum, { lengthMs }) => sum + lengthMs, 0),
    isControl: plan.schedule.length === 0,
    fingerprint: fingerprints.of(mutant, planned),
  };
}

/** Whether a cell is still what would be run now: code may change while a proof runs, which takes hours. */
export function isUnchanged(
  cell: Cell,
  { plans, canary }: PlannedAll,
  mutants: readonly Mutant[],
  flags: QueueFlags,
): boolean {
  const all = [...plans.values(), canary ?? []].flat();
  const planned = all.find(({ id, plan }) => id === cell.scenario && plan.seed === cell.seed)!;
  const mutant = mutants.find(({ name }) => name === cell.mutant) ?? null;
  return new Fingerprints(flags).of(mutant, planned) === cell.fingerprint;
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

/**
 * What says of a mutant which scenarios catch it: the file that was named, or what the project says and the latest proof.
 * Those two need not be there: the proof that is to be made may be the first.
 */
export function expectedProofs({ known, proven, output }: ProveFlags): readonly Proof[] {
  if (known !== undefined) return [readProof(known)];
  return [proven, join(output, "prove.json")].flatMap((file) => {
    try {
      return file === undefined ? [] : [readProof(file)];
    } catch {
      return [];
    }
  });
}
