import type { FinalState } from "../../model/check.ts";
import type { Outcome } from "../../model/history.ts";
import type { Verdict } from "../../model/verdict.ts";

/** An operation as the oracle sees it: its place is its id. */
export interface SmallOperation {
  readonly effect: "read" | "write" | "insert";
  readonly isPoison: boolean;
  readonly outcome: Outcome;
  readonly isDenied: boolean;
}

type Row = Readonly<Record<string, unknown>>;
/** What an audit returned, before anybody looked at it. */
export type RawState = Readonly<Record<string, readonly Row[]>>;

/** What each law over the final state comes to, by its words alone: slow, and written without a look at the checks. */
export function oracleOf(operations: readonly SmallOperation[], raw: RawState): Readonly<Record<string, Verdict>> {
  const laws = { noLostJobs, effectsExactlyOnce, deadLettersAreDeserved, cacheAgrees, indexAgrees };
  const story = { operations, state: raw as unknown as FinalState };
  return Object.fromEntries(
    Object.entries(laws).map(([name, law]) => {
      if (!isWellFormed(raw)) return [name, "inconclusive"];
      const { broken, unclear } = law(story);
      return [name, broken ? "fail" : unclear ? "inconclusive" : "pass"];
    }),
  );
}

interface Story {
  readonly operations: readonly SmallOperation[];
  readonly state: FinalState;
}
interface Answer {
  readonly broken: boolean;
  readonly unclear: boolean;
}

const unknown: Answer = { broken: false, unclear: true };
const known = ["completed", "dead", "pending"];

function noLostJobs({ operations, state: { jobs } }: Story): Answer {
  if (jobs === undefined) return unknown;
  const isPromised = ({ effect, outcome, isDenied }: SmallOperation) =>
    effect === "insert" && outcome === "ok" && !isDenied;
  const lost = operations.some((one, id) => isPromised(one) && !jobs.some((job) => job.id === id));
  const wrong = jobs.some(({ id, state }) => {
    const asked = operations[id];
    if (asked?.effect !== "insert") return true;
    if (asked.outcome === "failed" || asked.outcome === "overflow") return true;
    return state === "pending" || !known.includes(state) || isInBoth(jobs, id);
  });
  return { broken: lost || wrong, unclear: !operations.some(isPromised) };
}

function effectsExactlyOnce({ state: { jobs = [], items, conserved = [] } }: Story): Answer {
  const effectsIn = (id: number, state: string): number =>
    jobs.reduce((sum, job) => (job.id === id && job.state === state ? sum + job.effects : sum), 0);
  const wrongJob = jobs.some(({ id, state }) => {
    if (isInBoth(jobs, id) || !known.includes(state)) return true;
    const counts = known.map((one) => effectsIn(id, one));
    const isCompleted = jobs.some((job) => job.id === id && job.state === "completed");
    return counts.some((count) => count > 1) || (isCompleted && counts.every((count) => count === 0));
  });
  const timesOf = (id: number): number => items.reduce((sum, item) => (item.id === id ? sum + item.count : sum), 0);
  const isTwiceOver = jobs.some(
    ({ id }) => jobs.reduce((sum, job) => (job.id === id ? sum + job.effects : sum), 0) > 1,
  );
  const isAnythingThere =
    jobs.some(({ effects }) => effects > 0) || items.some(({ count }) => count > 0) || conserved.length > 0;
  return {
    broken: wrongJob || items.some(({ id }) => timesOf(id) > 1) || conserved.some((sum) => sum.expected !== sum.actual),
    unclear: isTwiceOver || !isAnythingThere,
  };
}

function deadLettersAreDeserved({ operations, state: { jobs } }: Story): Answer {
  if (jobs === undefined) return unknown;
  const told = (id: number, state: string, field: "attempts" | "attemptsAllowed"): number | undefined =>
    jobs.find((job) => job.id === id && job.state === state && job[field] !== undefined)?.[field];
  const judged = jobs.map(({ id, state }): Answer => {
    if (isInBoth(jobs, id) || !known.includes(state)) return { broken: true, unclear: false };
    const letters = jobs.reduce(
      (sum, job) => (job.id === id && job.state === state ? sum + (job.letters ?? 0) : sum),
      0,
    );
    if (letters > 1) return { broken: true, unclear: false };
    const isPoison = operations[id]?.isPoison === true;
    const [tried, allowed] = [told(id, state, "attempts"), told(id, state, "attemptsAllowed")];
    if (state === "completed") return { broken: isPoison, unclear: false };
    if (isPoison) return { broken: state === "pending", unclear: false };
    if (tried === undefined || allowed === undefined) return unknown;
    return { broken: state === "pending" ? tried >= allowed : tried < allowed, unclear: false };
  });
  const vanished = operations.some(
    ({ effect, isPoison, outcome, isDenied }, id) =>
      effect === "insert" && isPoison && outcome === "ok" && !isDenied && !jobs.some((job) => job.id === id),
  );
  return {
    broken: vanished || judged.some(({ broken }) => broken),
    unclear: jobs.length === 0 || judged.some(({ unclear }) => unclear),
  };
}

function cacheAgrees({ state: { cache, registers } }: Story): Answer {
  if (cache === undefined) return unknown;
  const judged = cache.map((entry): Answer => {
    if (entry.isMoving === true || entry.cached === null) return { broken: false, unclear: false };
    if (entry.cached !== entry.row) return { broken: true, unclear: false };
    const same = registers.filter((one) => spaceOf(one) === spaceOf(entry));
    if (same.length === 0) return { broken: false, unclear: false };
    const register = same.find(({ key }) => key === entry.key);
    if (register !== undefined && register.version === undefined) return { broken: false, unclear: false };
    return { broken: false, unclear: register?.version !== entry.row };
  });
  const moving = cache.filter(({ isMoving }) => isMoving === true).length;
  const isAnyCached = cache.some(({ isMoving, cached }) => isMoving !== true && cached !== null);
  return {
    broken: judged.some(({ broken }) => broken),
    unclear: judged.some(({ unclear }) => unclear) || moving > cache.length - moving || !isAnyCached,
  };
}

function indexAgrees({ state: { index, registers } }: Story): Answer {
  if (index === undefined) return unknown;
  const isSame = (one: { keyspace?: string; key: number }, other: { keyspace?: string; key: number }): boolean =>
    spaceOf(one) === spaceOf(other) && one.key === other.key;
  const wrongDocument = index.some((document) => {
    if (index.filter((other) => isSame(other, document)).length > 1) return true;
    const register = registers.find((one) => isSame(one, document));
    return register === undefined || (register.version !== undefined && register.version !== document.version);
  });
  return {
    broken: wrongDocument || registers.some((register) => !index.some((document) => isSame(register, document))),
    unclear: index.length + registers.length === 0 || registers.some(({ version }) => version === undefined),
  };
}

const spaceOf = ({ keyspace = "keys" }: { readonly keyspace?: string }): string => keyspace;

function isInBoth(jobs: NonNullable<FinalState["jobs"]>, id: number): boolean {
  return ["completed", "dead"].every((state) => jobs.some((job) => job.id === id && job.state === state));
}

const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isVersion = (value: unknown): boolean => typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
const isSum = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const orNull = (fits: (value: unknown) => boolean) => (value: unknown) => value === null || fits(value);
const orLeftOut = (fits: (value: unknown) => boolean) =>
  Object.assign((value: unknown) => fits(value), { optional: true });

type Fits = ((value: unknown) => boolean) & { readonly optional?: boolean };
const fields: Readonly<Record<string, Readonly<Record<string, Fits>>>> = {
  registers: { keyspace: orLeftOut(isText), key: isWhole, version: orLeftOut(isVersion), value: orNull(isWhole) },
  items: { id: isWhole, count: isWhole },
  cache: {
    keyspace: orLeftOut(isText),
    key: isWhole,
    cached: orNull(isVersion),
    row: orNull(isVersion),
    isMoving: orLeftOut((value) => typeof value === "boolean"),
  },
  index: { keyspace: orLeftOut(isText), key: isWhole, version: isVersion },
  jobs: {
    id: isWhole,
    // A state that nobody knows is for the laws to judge.
    state: (value) => typeof value === "string",
    effects: isWhole,
    attempts: orLeftOut(isWhole),
    attemptsAllowed: orLeftOut(isWhole),
    letters: orLeftOut(isWhole),
  },
  conserved: { name: isText, expected: isSum, actual: isSum },
};

/** Whether every row is of its type, and no register or sum stands twice, and no job was tried as often and not as often. */
export function isWellFormed(raw: RawState): boolean {
  const areTyped = Object.entries(raw).every(([part, rows]) =>
    rows.every((row) =>
      Object.entries(fields[part] ?? {}).every(([field, fits]) =>
        field in row ? fits(row[field]) : fits.optional === true,
      ),
    ),
  );
  const isOnce = (rows: readonly Row[], name: (row: Row) => string): boolean =>
    rows.every((row, at) => rows.findIndex((other) => name(other) === name(row)) === at);
  const { registers = [], conserved = [], jobs = [] } = raw;
  const agree = (field: string): boolean =>
    jobs.every((one) =>
      jobs.every((other) => {
        const isSame = one["id"] === other["id"] && one["state"] === other["state"];
        return !isSame || one[field] === undefined || other[field] === undefined || one[field] === other[field];
      }),
    );
  return (
    areTyped &&
    isOnce(registers, ({ keyspace = "keys", key }) => `${String(keyspace)}/${String(key)}`) &&
    isOnce(conserved, ({ name }) => String(name)) &&
    agree("attempts") &&
    agree("attemptsAllowed")
  );
}
