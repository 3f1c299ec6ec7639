import type { Evidence } from "../check.ts";
import type { Receipt } from "../fault.ts";
import type { History } from "../history.ts";
import type { LinkTraffic } from "../traffic.ts";

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
 * Whether anything went over the link that a fault acted on, while it acted: a fault that met no traffic shows nothing,
 * as that of a client which asks its proxy once and then goes where the answer sends it.
 *
 * What was seen decides: a connection that was made, bytes either way, one in use that ended. Where a fault hides what it
 * meets, the time before decides. What is refused leaves nothing behind: the link was met if it was used between the
 * beginning of the steady phase and the fault. What the other end sends into a partition is dropped uncounted: the link
 * was met if one of the connections that were open carried anything in that time.
 * @returns undefined where it can't be known: not a link, nothing that counts, a run of an earlier version
 */
export function metTraffic({ traffic }: Pick<Receipt, "traffic">): boolean | undefined {
  if (traffic === undefined) return undefined;
  const { attempts, requestBytes, replyBytes, ended, open, inUse } = traffic;
  if (isAny(attempts, requestBytes, replyBytes, ended)) return true;
  const hidden: (boolean | undefined)[] = [];
  if (attempts === undefined) hidden.push(wasUsed(traffic));
  if (requestBytes === undefined || replyBytes === undefined) {
    if (open !== 0) hidden.push(inUse === undefined ? undefined : inUse > 0);
  }
  if (hidden.includes(true)) return true;
  return hidden.includes(undefined) ? undefined : false;
}

const isAny = (...counts: readonly (number | undefined)[]): boolean => counts.some((count = 0) => count > 0);

/** Whether the link was used between the beginning of the steady phase and the fault. */
function wasUsed({ before }: LinkTraffic): boolean | undefined {
  if (before === undefined) return undefined;
  const { attempts, requestBytes, replyBytes } = before;
  if (isAny(attempts, requestBytes, replyBytes)) return true;
  return attempts === undefined || requestBytes === undefined || replyBytes === undefined ? undefined : false;
}

/**
 * How many operations each fault may have touched: those that were on the wire between the proof that it acts and the
 * request that it heal. Where the fault is on an entry instance, or on a link that begins or ends at one, only those that
 * were sent to this instance count. Behind the entry nobody can see from outside which operation took which way: there
 * all of them count, unless nothing at all went over the link.
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
  if (metTraffic(receipt) === false) return () => false;
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
