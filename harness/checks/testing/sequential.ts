import fc from "fast-check";
import type { FinalState } from "../../model/check.ts";
import type { Step } from "./history.ts";

/** A run that is correct by construction, and what it leaves. */
export interface Story {
  readonly steps: readonly Step[];
  readonly finalState: FinalState;
  /** Key → the places of the acknowledged writes of it, in the order of their effects. */
  readonly writes: ReadonlyMap<number, readonly number[]>;
  /** When the last operation had ended. */
  readonly endMs: number;
}

/** How far from a plain sequence a story may be. */
interface Freedom {
  /** By how much an operation may begin before its effect and end after it, in ms. */
  readonly widenMs: number;
  /** Whether outcomes may be unknown: such an operation took effect or did not. */
  readonly unknowns: boolean;
}

const keys = 3;
const stepMs = 20;

/**
 * Correct runs over three keys and three sessions: every operation takes effect at one moment of its own, one after the
 * other, so that the order of those moments is an order that explains all of it. Then each is made to begin before its
 * moment and to end after it, which keeps it correct, and some lose their outcome.
 */
export function anyStory({ widenMs, unknowns }: Freedom): fc.Arbitrary<Story> {
  const operation = fc.record({
    operation: fc.constantFrom("read", "read", "write", "order"),
    key: fc.nat(keys - 1),
    session: fc.nat(2),
    before: fc.nat(widenMs),
    after: fc.nat(widenMs),
    isUnknown: unknowns ? fc.constantFrom(false, false, false, true) : fc.constant(false),
    hasEffect: fc.boolean(),
  });
  return fc.array(operation, { minLength: 3, maxLength: 25 }).map((all) => told(all));
}

interface Drawn {
  readonly operation: "read" | "write" | "order";
  readonly key: number;
  readonly session: number;
  readonly before: number;
  readonly after: number;
  readonly isUnknown: boolean;
  readonly hasEffect: boolean;
}

function told(all: readonly Drawn[]): Story {
  const registers = Array.from({ length: keys }, (_, key) => ({ key, version: 1, value: null as number | null }));
  const writes = new Map<number, number[]>();
  const items: number[] = [];
  let endMs = 0;
  const steps = all.map(({ operation, key, session, before, after, isUnknown, hasEffect }, id): Step => {
    const atMs = 11_000 + id * stepMs - before;
    const register = registers[key]!;
    const takesEffect = !isUnknown || hasEffect;
    if (operation === "write" && takesEffect) {
      register.version += 1;
      register.value = id;
      if (!isUnknown) writes.set(key, [...(writes.get(key) ?? []), id]);
    }
    if (operation === "order" && takesEffect) items.push(id);
    const tookMs = before + after + 1;
    endMs = Math.max(endMs, atMs + tookMs);
    const common = { operation, key, session, atMs, tookMs };
    if (isUnknown) return { ...common, outcome: "unknown" };
    if (operation === "order") return common;
    const { version, value } = register;
    return { ...common, version, ...(operation === "read" && value !== null ? { value } : {}) };
  });
  return { steps, writes, endMs, finalState: restOf(registers, items) };
}

/** Everything at rest, as it should be. */
function restOf(registers: FinalState["registers"], items: readonly number[]): FinalState {
  return {
    registers,
    items: items.map((id) => ({ id, count: 1 })),
    cache: registers.map(({ key, version = 0 }) => ({ key, cached: key === 0 ? null : version, row: version })),
    index: registers.map(({ key, version = 0 }) => ({ key, version })),
    jobs: items.map((id) => ({ id, state: "completed", effects: 1, attempts: 1, attemptsAllowed: 3 })),
    conserved: [{ name: "stock and sold", expected: 600, actual: 600 }],
  };
}
