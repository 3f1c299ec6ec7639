import { z } from "zod";
import type { FinalState, Job } from "../model/check.ts";
import type { Problem } from "../model/errors.ts";
import { commonKeyspace } from "../model/workload.ts";
import { didYouMean } from "./did-you-mean.ts";
import { badState, columnsOf, problemsOfIssues } from "./final-state-problems.ts";

/** The states of a job that the laws know. */
const jobStates = ["completed", "dead", "pending"] as const satisfies readonly Job["state"][];

const whole = z.number().int().nonnegative();
/** Beyond 2^53 neighbours are one number, and an old version would pass for a new one. */
const version = z.number().refine((given) => Math.abs(given) <= Number.MAX_SAFE_INTEGER);
const keyspace = z.string().min(1).exactOptional();

/** @param ofRow what makes an object schema of fields: a strict one, or one that leaves out what it does not know */
const stateOf = <State extends z.ZodType>(ofRow: typeof z.strictObject, state: State) =>
  ofRow({
    registers: z.array(ofRow({ keyspace, key: whole, version: version.exactOptional(), value: whole.nullable() })),
    items: z.array(ofRow({ id: whole, count: whole })),
    cache: z
      .array(
        ofRow({
          keyspace,
          key: whole,
          cached: version.nullable(),
          row: version.nullable(),
          isMoving: z.boolean().exactOptional(),
        }),
      )
      .exactOptional(),
    index: z.array(ofRow({ keyspace, key: whole, version })).exactOptional(),
    jobs: z
      .array(
        ofRow({
          id: whole,
          state,
          effects: whole,
          attempts: whole.exactOptional(),
          attemptsAllowed: whole.exactOptional(),
          letters: whole.exactOptional(),
        }),
      )
      .exactOptional(),
    conserved: z.array(ofRow({ name: z.string().min(1), expected: z.number(), actual: z.number() })).exactOptional(),
  });

/** What an audit may return, and nothing else. */
export const finalStateSchema = stateOf(z.strictObject, z.enum(jobStates));

/**
 * What an earlier version stored without looking at it: fields that nobody knows are left out, and a state that nobody knows
 * is kept, for the laws that it breaks. Types are as strict.
 */
const storedSchema = stateOf(z.object as unknown as typeof z.strictObject, z.string());

type Frozen<T> = T extends object ? { readonly [Field in keyof T]: Frozen<T[Field]> } : T;
type IsSame<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : "the schema and the type differ";
/** Does not compile where `FinalState` and its schema differ. */
true satisfies IsSame<Frozen<z.output<typeof finalStateSchema>>, Frozen<FinalState>>;

/** What is known of the run that a final state belongs to. */
export interface StateBounds {
  /** How many keys each keyspace has. */
  readonly keyspaces: Readonly<Record<string, number>>;
  /** How many operations the plan has: their ids begin with 0. */
  readonly operations: number;
}

/** A final state that can be judged, or all that is wrong with it. */
export type ReadState = { readonly state: FinalState } | { readonly problems: readonly Problem[] };

/**
 * Reads what an audit returned. A row or job that is listed twice is added up; a register or sum that is, and whatever does
 * not fit the schema or the plan, is a problem.
 */
export function readState(given: unknown, bounds: StateBounds): ReadState {
  return read(finalStateSchema, given, (sound) => problemsWithBounds(sound, bounds));
}

/** Reads a final state that a run stored, of which the plan's bounds may be unknown. */
export function readStoredState(given: unknown): ReadState {
  return read(storedSchema, given, () => []);
}

function read(schema: z.ZodType, given: unknown, furtherProblems: (sound: SoundRows) => readonly Problem[]): ReadState {
  const result = schema.safeParse(given);
  const issues = result.success ? [] : result.error.issues;
  const sound = soundRows(given, issues);
  const problems = [...problemsOfIssues(given, issues), ...repeated(sound), ...furtherProblems(sound)];
  return problems.length > 0 ? { problems } : { state: merged(result.data as FinalState) };
}

type Part = keyof FinalState;
/** A row that fits the schema, and where it stands. */
interface SoundRow {
  readonly part: Part;
  readonly index: number;
  readonly row: Cells;
}
/** What is compared of rows; which of these there are is up to the part. */
interface Cells {
  readonly keyspace?: string;
  readonly key: number;
  readonly id: number;
  readonly state: string;
  readonly attempts?: number;
  readonly attemptsAllowed?: number;
  readonly name: string;
}
const placeOf = ({ part, index }: SoundRow): string => `${part}[${index}]`;
type SoundRows = Readonly<Record<Part, readonly SoundRow[]>>;

/** Rows that have no issue of their own, so that all problems of a state are found at once. */
function soundRows(given: unknown, issues: readonly z.core.$ZodIssue[]): SoundRows {
  const wrong = new Set(issues.map(({ path: [part, index] }) => `${String(part)}[${String(index)}]`));
  const rowsOf = (part: Part): readonly SoundRow[] => {
    const rows = (given as Partial<Record<Part, unknown>> | null | undefined)?.[part];
    if (!Array.isArray(rows)) return [];
    const all = rows.map((row: Cells, index) => ({ part, index, row }));
    return wrong.size === 0 ? all : all.filter((one) => !wrong.has(placeOf(one)));
  };
  const parts = Object.keys(columnsOf) as readonly Part[];
  return Object.fromEntries(parts.map((part) => [part, rowsOf(part)])) as unknown as SoundRows;
}

function repeated({ registers, conserved, jobs }: SoundRows): readonly Problem[] {
  return [
    ...repetitions(
      registers,
      ({ keyspace: name = commonKeyspace, key }) => `key ${key} of keyspace "${name}"`,
      "List each key once: group the query by it, or read only its newest row.",
    ),
    ...repetitions(conserved, ({ name }) => `the sum "${name}"`, "Give each sum a name of its own, or add the two up."),
    ...(["attempts", "attemptsAllowed"] as const).flatMap((column) => contradictions(jobs, column)),
  ];
}

function repetitions(rows: readonly SoundRow[], nameOf: (row: Cells) => string, remedy: string): Problem[] {
  const first = new Map<string, SoundRow>();
  return rows.flatMap((one) => {
    const name = nameOf(one.row);
    const before = first.get(name);
    if (before !== undefined) return [badState(placeOf(one), `lists ${name}, as ${placeOf(before)} does`, remedy)];
    first.set(name, one);
    return [];
  });
}

/** Rows of one job in one state are one job: they cannot differ in how often it was tried. */
function contradictions(jobs: readonly SoundRow[], column: "attempts" | "attemptsAllowed"): Problem[] {
  const first = new Map<string, SoundRow>();
  return jobs.flatMap((job) => {
    const { row } = job;
    if (row[column] === undefined) return [];
    const name = `${row.id} ${row.state}`;
    const before = first.get(name);
    if (before === undefined) first.set(name, job);
    if (before === undefined || before.row[column] === row[column]) return [];
    const message = `is ${row[column]}, and ${placeOf(before)} has ${before.row[column]} for the same job in the same state`;
    return [badState(`${placeOf(job)}.${column}`, message, "List each state of a job once, with its effects counted.")];
  });
}

function problemsWithBounds(rows: SoundRows, { keyspaces, operations }: StateBounds): readonly Problem[] {
  const ofKeys = [...rows.registers, ...rows.cache, ...rows.index].flatMap((one): Problem[] => {
    const { row } = one;
    const name = row.keyspace ?? commonKeyspace;
    const keys = Object.hasOwn(keyspaces, name) ? keyspaces[name] : undefined;
    if (keys === undefined) {
      const known = didYouMean(name, Object.keys(keyspaces));
      const isSaid = row.keyspace === undefined ? "is left out, which means" : "is";
      const message = `${isSaid} "${name}", a keyspace that no operation works on`;
      return [badState(`${placeOf(one)}.keyspace`, message, known)];
    }
    if (row.key < keys) return [];
    const message = `is ${row.key}, outside the keyspace "${name}", whose keys are 0 to ${keys - 1}`;
    return [badState(`${placeOf(one)}.key`, message, keyRemedy)];
  });
  const ofIds = [...rows.items, ...rows.jobs].flatMap((one): Problem[] => {
    const { row } = one;
    if (row.id < operations) return [];
    const message = `is ${row.id}, beyond the plan, whose ids are 0 to ${operations - 1}`;
    return [badState(`${placeOf(one)}.id`, message, idRemedy)];
  });
  return [...ofKeys, ...ofIds];
}

const keyRemedy = "List only keys below context.keyspaces[name]; a table whose ids begin with 1 has key: row.id - 1.";
const idRemedy = "List only what this run made: what carries context.runToken; the id is the end of the token.";

/** Rows of one item add up, and so do effects and letters of one job in one state. What is there zero times is not there. */
function merged(state: FinalState): FinalState {
  const counts = new Map<number, number>();
  for (const { id, count } of state.items) counts.set(id, (counts.get(id) ?? 0) + count);
  const items = [...counts].filter(([, count]) => count > 0).map(([id, count]) => ({ id, count }));
  return { ...state, items, ...(state.jobs === undefined ? {} : { jobs: mergedJobs(state.jobs) }) };
}

function mergedJobs(jobs: readonly Job[]): readonly Job[] {
  const known = new Map<string, Job>();
  for (const job of jobs) {
    const name = `${job.id} ${job.state}`;
    const before = known.get(name);
    known.set(name, before === undefined ? job : { ...before, ...job, ...sumOf(before, job) });
  }
  return [...known.values()];
}

/** Letters that neither row states stay unknown. */
function sumOf(one: Job, other: Job): Pick<Job, "effects" | "letters"> {
  const letters = [one, other].flatMap((job) => job.letters ?? []);
  return {
    effects: one.effects + other.effects,
    ...(letters.length === 0 ? {} : { letters: letters.reduce((sum, count) => sum + count, 0) }),
  };
}
