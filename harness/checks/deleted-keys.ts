import type { Evidence } from "../model/check.ts";
import { isWrite } from "../model/workload.ts";
import { absentState, hasOrder, initialState, type Ordered } from "./order-search.ts";
import type { Conflict, Zones } from "./register-zones.ts";
import { flags, isAbsent, isAcknowledged, isNeverExecuted } from "./rows.ts";
import { spotsOf } from "./spots.ts";

/** What a search for an order says of the keys that zones alone do not decide. */
export interface Searched {
  /** Of each key without an order, the first read that found nothing and cannot be explained. */
  readonly illegal: Zones["illegal"];
  /** How many keys have so many operations at once that the search was given up. */
  readonly undecided: number;
}

/** Searches the keys on which reads found nothing and a delete may have happened; those with a conflict are decided. */
export function searchDeleted(evidence: Evidence, zones: Zones, conflicts: readonly Conflict[]): Searched {
  if (zones.deletedSpots.size === 0) return { illegal: [], undecided: 0 };
  const { of } = spotsOf(evidence);
  const conflicting = new Set(conflicts.map(({ key }) => key));
  const decided = new Set(zones.illegal.map(({ row }) => of[row]!));
  const rows = rowsBySpot(of, evidence.history.count, zones.deletedSpots);
  const illegal: Zones["illegal"][number][] = [];
  let undecided = 0;
  for (const spot of zones.deletedSpots) {
    if (decided.has(spot) || conflicting.has(zones.keyOfSpot[spot]!)) continue;
    const found = firstUnexplained(new DeletedKey(evidence, rows.get(spot) ?? [], zones));
    if (found === "undecided") undecided += 1;
    else if (found !== undefined) illegal.push(found);
  }
  return { illegal, undecided };
}

function rowsBySpot(of: Int32Array, count: number, spots: ReadonlySet<number>): ReadonlyMap<number, readonly number[]> {
  const rows = new Map<number, number[]>();
  for (let row = 0; row < count; row += 1) {
    if (!spots.has(of[row]!)) continue;
    const own = rows.get(of[row]!);
    if (own === undefined) rows.set(of[row]!, [row]);
    else own.push(row);
  }
  return rows;
}

/** Without a read there are only more orders, so the first read too many is found by bisection. */
function firstUnexplained(key: DeletedKey): Zones["illegal"][number] | "undecided" | undefined {
  const whole = key.hasOrder(key.absent.length);
  if (whole === true) return undefined;
  if (whole === undefined) {
    const refuted = key.firstRefuted();
    return refuted === undefined ? "undecided" : key.illegal(refuted);
  }
  let [low, high] = [0, key.absent.length];
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (key.hasOrder(middle) === false) high = middle;
    else low = middle;
  }
  return key.illegal(key.absent[high - 1]!);
}

/** The operations of a key that may have been deleted. */
class DeletedKey {
  /** Rows of reads that found nothing, as they ended. */
  readonly absent: readonly number[];
  readonly #evidence: Evidence;
  readonly #rows: readonly number[];
  readonly #others: readonly Ordered[];
  readonly #freeDeletesMs: readonly number[];
  readonly #initial: number;

  constructor(evidence: Evidence, rows: readonly number[], zones: Pick<Zones, "isUntold">) {
    const { history, operations } = evidence;
    this.#evidence = evidence;
    this.#rows = rows;
    const isRead = flags(evidence, ({ effect }) => effect === "read");
    const isWriting = flags(evidence, ({ effect }) => isWrite(effect));
    const reads = rows.filter((row) => isRead[history.operation[row]!] === 1 && isAcknowledged(history, row));
    const valued = reads.filter((row) => !zones.isUntold(row) && !isAbsent(history, row));
    const seen = new Set(valued.map((row) => history.value[row]!));
    const isDelete = (row: number): boolean => operations[history.operation[row]!]?.effect === "delete";
    const writes = rows.filter((row) => isWriting[history.operation[row]!] === 1 && !isNeverExecuted(history, row));
    const certain = writes.filter(
      (row) => isAcknowledged(history, row) || (!isDelete(row) && seen.has(history.id[row]!)),
    );
    this.absent = reads
      .filter((row) => isAbsent(history, row))
      .sort((one, other) => history.endMs[one]! - history.endMs[other]!);
    this.#others = [
      ...certain.map((row) => this.#ordered(row, false, isDelete(row) ? absentState : history.id[row]!)),
      ...valued.map((row) => this.#ordered(row, true, stateOf(history.value[row]!))),
    ];
    this.#freeDeletesMs = writes
      .filter((row) => isDelete(row) && !isAcknowledged(history, row))
      .map((row) => history.wireMs[row]!);
    // What was never read need not have been there.
    this.#initial = valued.some((row) => Number.isNaN(history.value[row]!)) ? initialState : absentState;
  }

  /** @param absentReads how many of the reads that found nothing are asked to be explained */
  hasOrder(absentReads: number): boolean | undefined {
    const absent = this.absent.slice(0, absentReads).map((row) => this.#ordered(row, true, absentState));
    return hasOrder([...this.#others, ...absent], this.#freeDeletesMs, this.#initial);
  }

  /**
   * The first read of nothing that no order explains for a reason that needs no search: a value was there before it began, and
   * no delete can have come between the last sight of that value and the end of the read. What is left out of an order, a write
   * with all its reads, leaves an order of the rest; so each value can be asked alone.
   */
  firstRefuted(): number | undefined {
    const { history } = this.#evidence;
    const [values, deletes] = [new Spans(this.#lastSights()), new Spans(this.#deletes())];
    return this.absent.find((row) => {
      const [fromMs, toMs] = [history.wireMs[row]!, history.endMs[row]!];
      const sightMs = values.latestOf((firstMs) => firstMs < fromMs);
      const deletedMs = deletes.latestOf((beganMs) => beganMs <= toMs);
      return sightMs > toMs || deletedMs < sightMs;
    });
  }

  /** Of each value: from when on it certainly had been there, and when the last operation began that wrote or saw it. */
  #lastSights(): readonly Span[] {
    const values = new Map<number, Span>();
    for (const { state, isRead, fromMs, toMs } of this.#others) {
      if (state === absentState) continue;
      // The initial value was there before all else.
      const endMs = state === initialState && isRead ? Number.NEGATIVE_INFINITY : toMs;
      const [known = Number.POSITIVE_INFINITY, last = Number.NEGATIVE_INFINITY] = values.get(state) ?? [];
      values.set(state, [Math.min(known, endMs), Math.max(last, fromMs)]);
    }
    return [...values.values()];
  }

  /** Of each delete: when it began, and until when it can have taken effect. */
  #deletes(): readonly Span[] {
    const certain = this.#others.filter(({ state, isRead }) => state === absentState && !isRead);
    const free = this.#freeDeletesMs.map((beganMs): Span => [beganMs, Number.POSITIVE_INFINITY]);
    return [...certain.map(({ fromMs, toMs }): Span => [fromMs, toMs]), ...free];
  }

  illegal(row: number): Zones["illegal"][number] {
    const { history } = this.#evidence;
    const before = this.#rows.filter(
      (one) => history.value[one] === history.id[one] && history.endMs[one]! < history.wireMs[row]!,
    );
    const why = `found nothing of key ${history.key[row]!}, and no delete explains it`;
    return { row, writeRow: before.at(-1) ?? -1, why };
  }

  #ordered(row: number, isRead: boolean, state: number): Ordered {
    const { history } = this.#evidence;
    const isCertain = isRead || isAcknowledged(history, row);
    const toMs = isCertain ? history.endMs[row]! : Number.POSITIVE_INFINITY;
    return { fromMs: history.wireMs[row]!, toMs, isRead, state };
  }
}

type Span = readonly [firstMs: number, lastMs: number];

/** Spans by their beginning, so that the latest end of those which began by a moment is found by bisection. */
class Spans {
  readonly #firstMs: Float64Array;
  /** For each place: the latest end of that span and all before it. */
  readonly #latestMs: Float64Array;

  constructor(spans: readonly Span[]) {
    const sorted = spans.toSorted(([one], [other]) => one - other);
    this.#firstMs = Float64Array.from(sorted, ([firstMs]) => firstMs);
    let latestMs = Number.NEGATIVE_INFINITY;
    this.#latestMs = Float64Array.from(sorted, ([, lastMs]) => {
      latestMs = Math.max(latestMs, lastMs);
      return latestMs;
    });
  }

  /** @param isEarly whether a span begins early enough: of those that do; −∞ where none does */
  latestOf(isEarly: (firstMs: number) => boolean): number {
    let [low, high] = [0, this.#firstMs.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isEarly(this.#firstMs[middle]!)) low = middle + 1;
      else high = middle;
    }
    return this.#latestMs[low - 1] ?? Number.NEGATIVE_INFINITY;
  }
}

const stateOf = (value: number): number => (Number.isNaN(value) ? initialState : value);
