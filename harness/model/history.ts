/** How an operation ended. The order is the code that is stored. */
export const outcomes = ["ok", "wrong", "rejected", "failed", "unknown", "overflow"] as const;

/**
 * `ok` · `wrong`: 2xx that breaks the contract · `rejected`: an honest refusal · `failed`: certainly not executed ·
 * `unknown`: may have happened · `overflow`: the generator's own fault.
 */
export type Outcome = (typeof outcomes)[number];

/** The parts of a run in which operations are due. The order is the code that is stored. */
export const loadPhases = ["warmUp", "steady", "faults", "recovery"] as const;
export type LoadPhase = (typeof loadPhases)[number];

/** Whether the caller was let in, where the answer tells it. The order is the code that is stored. */
export const grants = ["untold", "denied", "granted"] as const;

/** Bits of a history's `flags`. */
export const operationFlags = {
  /** A read found nothing. */
  absent: 1,
  /** A refusal that certainly had no effect and never will. */
  notExecuted: 2,
} as const;

/** One operation. All times in ms on the run's monotonic clock; `NaN` for what never happened. */
export interface OperationRecord {
  readonly id: number;
  readonly operation: number;
  readonly session: number;
  readonly key: number;
  /** The entry instance it was sent to. */
  readonly target: number;
  readonly phase: number;
  /** Whether the system let the caller in: a number of `grants`. */
  readonly granted: number;
  readonly outcome: number;
  /** Index into the history's list of error texts; 0 is none. */
  readonly error: number;
  /** The id of the write whose value was read; for a write its own id; `NaN` when there is none. */
  readonly value: number;
  /** Of the key, as the system told it; `NaN` when it did not. */
  readonly version: number;
  readonly intendedMs: number;
  readonly dispatchedMs: number;
  readonly wireMs: number;
  readonly endMs: number;
  /** Bits of `operationFlags`; 0 when absent. */
  readonly flags?: number;
}

/**
 * All operations of a run in columns, ordered as they ended. `count` rows are valid.
 * Columns, because a run of 10^7 operations must fit in memory and be judged in seconds.
 */
export interface History {
  readonly count: number;
  readonly id: Uint32Array;
  readonly operation: Uint8Array;
  readonly session: Uint16Array;
  readonly key: Uint32Array;
  readonly target: Uint8Array;
  readonly phase: Uint8Array;
  readonly granted: Uint8Array;
  readonly outcome: Uint8Array;
  readonly error: Uint16Array;
  readonly value: Float64Array;
  readonly version: Float64Array;
  readonly intendedMs: Float64Array;
  readonly dispatchedMs: Float64Array;
  readonly wireMs: Float64Array;
  readonly endMs: Float64Array;
  /** Bits of `operationFlags`; all 0 in a history that was stored before there were any. */
  readonly flags: Uint8Array;
}

/** @returns the number that stands for the outcome in a column */
export const outcomeCode = (outcome: Outcome): number => outcomes.indexOf(outcome);
/** @returns the number that stands for the phase in a column */
export const phaseCode = (phase: LoadPhase): number => loadPhases.indexOf(phase);
/** @returns the number that stands for it in a column */
export const grantCode = (granted: boolean | undefined): number => (granted === undefined ? 0 : granted ? 2 : 1);

/** @returns the bits that stand for it in a column */
export const flagsOf = ({
  absent,
  notExecuted,
}: {
  readonly absent?: boolean;
  readonly notExecuted?: boolean;
}): number => (absent === true ? operationFlags.absent : 0) | (notExecuted === true ? operationFlags.notExecuted : 0);

/** An empty history with room for `count` operations. */
export function historyOf(count: number): History {
  return {
    count,
    id: new Uint32Array(count),
    operation: new Uint8Array(count),
    session: new Uint16Array(count),
    key: new Uint32Array(count),
    target: new Uint8Array(count),
    phase: new Uint8Array(count),
    granted: new Uint8Array(count),
    outcome: new Uint8Array(count),
    error: new Uint16Array(count),
    value: new Float64Array(count),
    version: new Float64Array(count),
    intendedMs: new Float64Array(count),
    dispatchedMs: new Float64Array(count),
    wireMs: new Float64Array(count),
    endMs: new Float64Array(count),
    flags: new Uint8Array(count),
  };
}

/** Writes one operation into row `index`. */
export function setRow(history: History, index: number, record: OperationRecord): void {
  for (const column of columnNames) history[column][index] = record[column] ?? 0;
}

/** Reads row `index`. */
export function rowAt(history: History, index: number): OperationRecord {
  return Object.fromEntries(
    columnNames.map((column) => [column, history[column][index]]),
  ) as unknown as OperationRecord;
}

const columnNames = [
  "id",
  "operation",
  "session",
  "key",
  "target",
  "phase",
  "granted",
  "outcome",
  "error",
  "value",
  "version",
  "intendedMs",
  "dispatchedMs",
  "wireMs",
  "endMs",
  "flags",
] as const;
