import fc from "fast-check";
import type { Evidence, OperationInfo, Register } from "../../model/check.ts";
import { flagsOf, grantCode, historyOf, type Outcome, outcomeCode, phaseCode, setRow } from "../../model/history.ts";
import { evidenceOf, storyOperations } from "./history.ts";

// Histories small enough for a search through all orders: a few operations on two keys of two keyspaces.

/** `refused`: rejected, and certainly not executed. `denied`: ok, and turned away. */
export type SmallOutcome = Outcome | "refused" | "denied";

/** What a read saw, besides the place of a write. */
export const saw = { initial: -1, nothing: -2, neverWritten: 99 } as const;

/** One operation of a small world; its id is its place in the list. */
export interface Small {
  readonly kind: "read" | "write" | "delete";
  /** The number of the keyspace. */
  readonly space: number;
  readonly key: number;
  readonly session: number;
  readonly from: number;
  readonly to: number;
  readonly outcome: SmallOutcome;
  /** `NaN` where none was told. */
  readonly version: number;
  /** Of a read: what it saw. */
  readonly value: number;
}

/** Operations, and what the audit read. */
export interface SmallWorld {
  readonly operations: readonly Small[];
  readonly registers: readonly Register[];
}

/** Which of the answers tell a version. */
export type Telling = "all" | "none" | "some";

const spaces = ["keys", "carts"] as const;
const kinds = ["read", "write", "delete"] as const;

interface Drawn {
  readonly kind: Small["kind"];
  readonly space: number;
  readonly key: number;
  readonly session: number;
  readonly from: number;
  readonly length: number;
  readonly at: number;
  readonly outcome: SmallOutcome;
  readonly happens: boolean;
  readonly tells: boolean;
  /** Changes that make a correct answer wrong, mostly; 0 leaves it. */
  readonly version: number;
  readonly value: number;
}

/**
 * @param telling which of the answers tell a version
 * @param deletes how many of seven operations are deletes
 */
export function anyWorld(telling: Telling, deletes: 1 | 3 = 1): fc.Arbitrary<SmallWorld> {
  const rarely = <T>(arbitrary: fc.Arbitrary<T>, usual: T): fc.Arbitrary<T> =>
    fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary });
  const drawn: fc.Arbitrary<Drawn> = fc.record({
    kind:
      deletes === 1
        ? fc.constantFrom("read", "read", "read", "write", "write", "write", "delete")
        : fc.constantFrom("read", "read", "write", "write", "delete", "delete", "delete"),
    space: fc.constantFrom(0, 0, 0, 0, 0, 1),
    key: fc.constantFrom(0, 0, 0, 0, 0, 1),
    session: fc.constantFrom(0, 0, 0, 1),
    from: fc.nat(14),
    length: fc.nat(5),
    at: fc.nat(5),
    outcome: rarely<SmallOutcome>(fc.constantFrom("unknown", "failed", "rejected", "refused", "denied", "wrong"), "ok"),
    happens: fc.boolean(),
    tells: telling === "some" ? fc.boolean() : fc.constant(telling === "all"),
    version: rarely(fc.integer({ min: -2, max: 2 }), 0),
    value: fc.oneof(
      { weight: 3, arbitrary: fc.constant(saw.neverWritten) },
      { weight: 1, arbitrary: fc.integer({ min: -2, max: 5 }) },
    ),
  });
  const ending = fc.record({
    // Each entry: which register, and what is wrong with it.
    changes: fc.array(
      fc.record({
        at: fc.nat(3),
        how: fc.constantFrom("value", "version", "drop", "repeat", "untold", "contradict"),
        by: fc.integer({ min: -2, max: 6 }),
      }),
      { maxLength: 2 },
    ),
    startsAbsent: fc.boolean(),
    tells: fc.boolean(),
  });
  return fc
    .tuple(fc.array(drawn, { minLength: 1, maxLength: 7 }), ending)
    .map(([all, end]) => played(all, end, telling));
}

/** A correct system plays the operations, each at a moment of its own; then what it said is changed here and there. */
function played(
  all: readonly Drawn[],
  end: {
    readonly changes: readonly { readonly at: number; readonly how: string; readonly by: number }[];
    readonly startsAbsent: boolean;
    readonly tells: boolean;
  },
  telling: Telling,
): SmallWorld {
  const states = new Map<string, { version: number; value: number }>();
  const stateOf = ({ space, key }: Drawn) => {
    const name = `${space} ${key}`;
    const state = states.get(name) ?? { version: 1, value: end.startsAbsent ? saw.nothing : saw.initial };
    states.set(name, state);
    return state;
  };
  const results = new Map<number, { version: number; value: number }>();
  const byMoment = all
    .map((one, id) => ({ one, id, moment: one.from + Math.min(one.at, one.length) }))
    .sort((a, b) => a.moment - b.moment || a.id - b.id);
  for (const { one, id } of byMoment) {
    const state = stateOf(one);
    const isSure = one.outcome === "ok";
    const isNever = ["failed", "refused", "overflow"].includes(one.outcome);
    if (one.kind !== "read" && !isNever && (isSure || one.happens)) {
      state.version += 1;
      state.value = one.kind === "delete" ? saw.nothing : id;
    }
    results.set(id, { ...state });
  }
  const operations = all.map((one, id): Small => {
    const { kind, space, key, session, from, length, outcome } = one;
    const result = results.get(id)!;
    const isTold = one.tells && (outcome === "ok" || outcome === "denied");
    const value = one.value === saw.neverWritten ? result.value : valueLike(one, all);
    return {
      kind,
      space,
      key,
      session,
      from,
      to: from + length,
      outcome,
      // Version 0 is one that a system may have, and less is none.
      version: isTold ? Math.max(0, result.version + one.version) : Number.NaN,
      value: kind === "read" ? value : id,
    };
  });
  const registers: Register[] = [...states].flatMap(([name, { version, value }]) => {
    const [space, key] = name.split(" ").map(Number) as [number, number];
    if (value === saw.nothing) return [];
    const told = telling === "none" || (telling === "some" && !end.tells) ? {} : { version };
    const keyspace = space === 0 ? {} : { keyspace: spaces[space]! };
    return [{ ...keyspace, key, ...told, value: value === saw.initial ? null : value }];
  });
  for (const { at, how, by } of end.changes) change(registers, at, how, by);
  return { operations, registers };
}

/** Mostly a value that some write of the same key has: others are wrong at a glance. */
function valueLike({ value, space, key }: Drawn, all: readonly Drawn[]): number {
  const writes = all.flatMap((one, id) => (one.kind === "write" && one.space === space && one.key === key ? [id] : []));
  return value < 0 || value > 4 || writes.length === 0 ? value : writes[value % writes.length]!;
}

function change(registers: Register[], at: number, how: string, by: number): void {
  if (registers.length === 0) {
    if (how === "value") registers.push({ key: 0, value: by < 0 ? null : by });
    return;
  }
  const place = at % registers.length;
  const register = registers[place]!;
  const { version, ...untold } = register;
  if (how === "drop") registers.splice(place, 1);
  else if (how === "repeat") registers.push(register);
  else if (how === "contradict") registers.push({ ...register, value: by < 0 ? null : by });
  else if (how === "untold") registers[place] = untold;
  else if (how === "value") registers[place] = { ...register, value: by < 0 ? null : by };
  else if (version !== undefined) registers[place] = { ...register, version: Math.max(0, version + by) };
}

const operationInfos: readonly OperationInfo[] = spaces.flatMap((keyspace) =>
  kinds.map((effect) => ({ ...storyOperations[0]!, name: `${effect} ${keyspace}`, effect, keyspace })),
);

/** The evidence of a run in which these operations happened, all of them while a fault acted. */
export function evidenceFor({ operations, registers }: SmallWorld): Evidence {
  const history = historyOf(operations.length);
  for (const [id, one] of operations.entries()) {
    const { kind, space, key, session, from, to, outcome, version, value } = one;
    const isSent = outcome !== "failed" && outcome !== "overflow";
    const isAbsent = kind === "read" && value === saw.nothing && outcome === "ok";
    const code = outcome === "refused" ? "rejected" : outcome === "denied" ? "ok" : outcome;
    setRow(history, id, {
      id,
      operation: space * kinds.length + kinds.indexOf(kind),
      session,
      key,
      target: 0,
      phase: phaseCode("faults"),
      granted: grantCode(outcome === "denied" ? false : undefined),
      outcome: outcomeCode(code),
      error: 0,
      value: kind === "read" && value < 0 ? Number.NaN : value,
      version,
      intendedMs: from,
      dispatchedMs: isSent ? from : Number.NaN,
      wireMs: isSent ? from : Number.NaN,
      endMs: to,
      flags: flagsOf({ absent: isAbsent, notExecuted: outcome === "refused" }),
    });
  }
  return { ...evidenceOf([]), history, operations: operationInfos, finalState: { registers, items: [] } };
}

/** All orders of the members. */
export function* ordersOf<T>(members: readonly T[]): Iterable<readonly T[]> {
  if (members.length === 0) yield [];
  for (const [place, member] of members.entries()) {
    for (const rest of ordersOf(members.filter((_, other) => other !== place))) yield [member, ...rest];
  }
}

/** All sets of the members. */
export function* setsOf<T>(members: readonly T[]): Iterable<readonly T[]> {
  for (let bits = 0; bits < 2 ** members.length; bits += 1) yield members.filter((_, place) => (bits >> place) & 1);
}
