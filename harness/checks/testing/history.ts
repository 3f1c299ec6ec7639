import type { Check, Evidence, FinalState, OperationInfo } from "../../model/check.ts";
import { describeProblem } from "../../model/errors.ts";
import {
  flagsOf,
  grantCode,
  historyOf,
  type LoadPhase,
  loadPhases,
  type Outcome,
  outcomeCode,
  phaseCode,
  setRow,
} from "../../model/history.ts";

/** A run in small: what happens when, in ms on its clock. */
export const scene = {
  warmUp: { fromMs: 0, toMs: 1000 },
  steady: { fromMs: 1000, toMs: 10_000 },
  faults: { fromMs: 10_000, toMs: 20_000 },
  recovery: { fromMs: 20_000, toMs: 30_000 },
  injectedMs: 11_000,
  healedMs: 19_000,
} as const;

export const storyOperations: readonly OperationInfo[] = (
  [
    ["read", "read"],
    ["write", "write"],
    ["order", "insert"],
    ["search", "none"],
    ["remove", "delete"],
  ] as const
).map(([name, effect]) => ({
  name,
  workload: "shoppers",
  effect,
  deadlineMs: 1000,
  keyspace: "keys",
  credential: "valid",
  isPoison: false,
}));

/** One operation of a story; what it leaves out is a quick, successful one. */
export interface Step {
  readonly operation: "read" | "write" | "order" | "search" | "remove";
  /** When it is due, and on the wire. */
  readonly atMs: number;
  /** From then until it is settled. Default 5. */
  readonly tookMs?: number;
  readonly outcome?: Outcome;
  readonly key?: number;
  readonly version?: number;
  readonly session?: number;
  /** Of a read: the id of the write whose value it returned; absent when it is the initial value. */
  readonly value?: number;
  /** The number of the entry instance. */
  readonly target?: number;
  /** Whether the caller was let in, where the answer tells it. */
  readonly granted?: boolean;
  /** Of a read: it found nothing. */
  readonly absent?: boolean;
  /** Of a refusal: it certainly did not happen. */
  readonly notExecuted?: boolean;
  /** Why it was not ok. */
  readonly detail?: string;
}

type Rest = Omit<Step, "operation" | "atMs" | "key" | "version">;

/** A read of `key` at `atMs` that returned this version. */
export const read = (atMs: number, key: number, version: number, rest: Rest = {}): Step => ({
  operation: "read",
  atMs,
  key,
  version,
  ...rest,
});
/** A write of `key` at `atMs` that was acknowledged as this version; without one, the system did not tell it. */
export const write = (atMs: number, key: number, version?: number, rest: Rest = {}): Step => ({
  operation: "write",
  atMs,
  key,
  ...(version === undefined ? {} : { version }),
  ...rest,
});
/** A delete of `key` at `atMs` that was acknowledged as this version; without one, the system did not tell it. */
export const remove = (atMs: number, key: number, version?: number, rest: Rest = {}): Step => ({
  ...write(atMs, key, version, rest),
  operation: "remove",
});
/** A read of `key` at `atMs` that found nothing. */
export const missing = (atMs: number, key: number, rest: Rest = {}): Step => ({
  operation: "read",
  atMs,
  key,
  absent: true,
  ...rest,
});
/** A read of `key` at `atMs` that told a value (absent: the initial one) and no version. */
export const valued = (atMs: number, key: number, value?: number, rest: Rest = {}): Step => ({
  operation: "read",
  atMs,
  key,
  ...(value === undefined ? {} : { value }),
  ...rest,
});
/** An item that is to stay. */
export const order = (atMs: number, rest: Rest = {}): Step => ({ operation: "order", atMs, ...rest });
/** As many operations of no effect, evenly spaced over the interval. */
export function searches(count: number, fromMs: number, toMs: number, rest: Rest = {}): Step[] {
  const gapMs = (toMs - fromMs) / count;
  return Array.from({ length: count }, (_, index) => ({ operation: "search", atMs: fromMs + index * gapMs, ...rest }));
}

/**
 * The evidence of a run in which these operations happened, one fault was injected at 11 s and healed at 19 s. The id
 * of an operation is its place in the list; its phase follows from its time.
 */
export function evidenceOf(steps: readonly Step[], changes: Partial<Evidence> = {}): Evidence {
  const history = historyOf(steps.length);
  const errors = [""];
  for (const [id, step] of steps.entries()) {
    const { atMs, tookMs = 5, outcome = "ok", key = 0, session = 0, version = Number.NaN, detail = "", granted } = step;
    if (!errors.includes(detail)) errors.push(detail);
    const isSent = outcome !== "failed" && outcome !== "overflow";
    setRow(history, id, {
      id,
      operation: storyOperations.findIndex(({ name }) => name === step.operation),
      session,
      key,
      target: step.target ?? 0,
      phase: phaseCode(phaseAt(atMs)),
      granted: grantCode(granted),
      outcome: outcomeCode(outcome),
      error: errors.indexOf(detail),
      value: ["write", "remove", "order"].includes(step.operation) ? id : (step.value ?? Number.NaN),
      version,
      intendedMs: atMs,
      dispatchedMs: isSent ? atMs : Number.NaN,
      wireMs: isSent ? atMs : Number.NaN,
      endMs: atMs + tookMs,
      flags: flagsOf(step),
    });
  }
  const { warmUp, steady, faults, recovery, injectedMs, healedMs } = scene;
  const generator = { planned: steps.length, recorded: steps.length, dispatched: steps.length, overflow: 0 };
  return {
    history,
    errors,
    operations: storyOperations,
    workloads: [{ name: "shoppers", perSecond: 100 }],
    entry: ["api-1", "api-2"],
    phases: { warmUp, steady, faults, recovery },
    schedule: [
      {
        id: "i1",
        kind: "partition",
        target: "api->cache",
        parameters: {},
        atMs: injectedMs - faults.fromMs,
        lastingMs: healedMs - injectedMs,
        acts: ["api->cache"],
        title: "partition api->cache",
      },
    ],
    receipts: [
      {
        injection: "i1",
        on: "api->cache",
        requestedMs: injectedMs,
        provenMs: injectedMs,
        healRequestedMs: healedMs,
        healProvenMs: healedMs,
        before: {},
      },
    ],
    events: [{ atMs: injectedMs, type: "inject", injection: "i1", title: "partition api->cache" }],
    generator: { ...generator, lagP50Ms: 1, lagP99Ms: 2, lagMaxMs: 3, unsettled: 0, tainted: [] },
    ...changes,
  };
}

/** What `evidenceOf` is told of a machine that stood still. */
export function standingStill(fromMs: number, toMs: number): Pick<Evidence, "generator"> {
  return { generator: { ...evidenceOf([]).generator, standstills: [{ fromMs, toMs }] } };
}

/** What is wrong with the options of a check, in words; empty when nothing is. */
export const refusalOf = ({ problems = [] }: Pick<Check, "problems">): string =>
  problems.map(describeProblem).join("\n");

/** A final state in short: `[key, version, id of the write]` and ids of items; without a version, the system has none. */
export function endingWith(
  registers: readonly (readonly [key: number, version: number | undefined, value: number | null])[],
  items: readonly number[] = [],
): { readonly finalState: FinalState } {
  return {
    finalState: {
      registers: registers.map(([key, version, value]) => ({
        key,
        value,
        ...(version === undefined ? {} : { version }),
      })),
      items: items.map((id) => ({ id, count: 1 })),
    },
  };
}

function phaseAt(atMs: number): LoadPhase {
  return loadPhases.find((phase) => atMs < scene[phase].toMs) ?? "recovery";
}
