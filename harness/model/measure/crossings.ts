import type { Evidence } from "../check.ts";
import type { Receipt } from "../fault.ts";
import type { History } from "../history.ts";

/** What a fault met on one link or instance. */
export interface Crossing {
  /** The injection. */
  readonly injection: string;
  /** The link or instance. */
  readonly on: string;
  /** Operations that were on the wire, at least in part, while it was proven to act. */
  readonly operations: number;
}

/**
 * How many operations each fault may have touched: those that were on the wire between the proof that it acts and the
 * request that it heal. Where the fault is on an entry instance, or on a link that begins or ends at one, only those that
 * were sent to this instance count. Behind the entry nobody can see from outside which operation took which way: there
 * all of them count.
 */
export function crossingsOf({ history, receipts, entry }: Evidence): readonly Crossing[] {
  return receipts.map((receipt) => {
    const crosses = crossingOf(receipt, history, entry);
    let operations = 0;
    for (let row = 0; row < history.count; row += 1) if (crosses(row)) operations += 1;
    return { injection: receipt.injection, on: receipt.on, operations };
  });
}

/** Whether the operation of a row may have been touched by a fault on one place. */
export function crossingOf(receipt: Receipt, history: History, entry: readonly string[]): (row: number) => boolean {
  const { provenMs = Number.NaN, healRequestedMs = Number.NaN } = receipt;
  const target = entryOf(receipt, entry);
  return (row) =>
    history.wireMs[row]! <= healRequestedMs &&
    history.endMs[row]! >= provenMs &&
    (target === undefined || history.target[row] === target);
}

/** The number of the entry instance that a link or instance belongs to; undefined when it belongs to none, or to several. */
function entryOf({ on }: Receipt, entry: readonly string[]): number | undefined {
  const ends = on.split("->").flatMap((name) => (entry.includes(name) ? [entry.indexOf(name)] : []));
  return ends.length === 1 ? ends[0] : undefined;
}
