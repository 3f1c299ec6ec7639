import type { FaultKind } from "../model/fault.ts";
import type { ConnectionLook, LinkLook, LinkTraffic } from "../model/traffic.ts";

/** What was seen of a link, at the moments that matter. */
export interface Looks {
  /** When the steady phase began; absent where there is none. */
  readonly steady?: LinkLook;
  /** Just before the fault was injected. */
  readonly struck: LinkLook;
  /** While it acted, where the proxy does not count the connections that it takes. */
  readonly between: readonly LinkLook[];
  /** Just before it was healed. */
  readonly end: LinkLook;
}

/**
 * What went over a link while a fault acted, from a few looks at it. Pure.
 * @param uncounted what the fault itself keeps from being counted
 */
export function trafficOf(looks: Looks, uncounted?: FaultKind["uncounted"]): LinkTraffic {
  const { steady, struck, between, end } = looks;
  const open = openOf(struck);
  const inUse = steady === undefined ? undefined : inUseOf(struck, steady);
  const ended =
    inUse === undefined || end.connections === undefined ? undefined : inUse.filter((id) => !isOpen(end, id));
  const attempts = attemptsIn(struck, [...between, end]);
  const isTouched = attempts !== 0 || (ended ?? []).length > 0;
  const { requestBytes, replyBytes } = bytesIn(struck, end, isTouched);
  // Nothing that was seen is left out; that nothing was seen is no evidence of what can't be.
  const counted = (count: number | undefined, name: FaultKind["uncounted"]): number | undefined =>
    count === 0 && uncounted === name ? undefined : count;
  return withoutAbsent({
    open: open?.length,
    inUse: inUse?.length,
    ended: ended?.length,
    attempts: counted(attempts, "connections"),
    requestBytes,
    replyBytes: counted(replyBytes, "replies"),
    before:
      steady === undefined
        ? undefined
        : withoutAbsent({ attempts: attemptsIn(steady, [struck]), ...bytesIn(steady, struck, true) }),
  });
}

const openOf = ({ connections }: LinkLook): readonly string[] | undefined =>
  connections === undefined ? undefined : [...connections].flatMap(([id, one]) => (one.isOpen ? [id] : []));

const isOpen = ({ connections }: LinkLook, id: string): boolean => connections?.get(id)?.isOpen === true;

/** @returns the connections that are open and have carried something since; undefined where that does not show */
function inUseOf(now: LinkLook, since: LinkLook): readonly string[] | undefined {
  const open = openOf(now);
  if (open === undefined || !open.every((id) => hasBytes(now.connections?.get(id)))) return undefined;
  return open.filter((id) => {
    const moved = movedOn(id, since, now);
    return moved.requestBytes + moved.replyBytes > 0;
  });
}

const hasBytes = (one: ConnectionLook | undefined): one is Required<ConnectionLook> =>
  one?.requestBytes !== undefined && one.replyBytes !== undefined;

/** How many connections were made: by the proxy's own count, or else by those that were not there before. */
function attemptsIn(from: LinkLook, later: readonly LinkLook[]): number | undefined {
  const [first, last] = [from.accepted, later.at(-1)?.accepted];
  const taken = first === undefined || last === undefined ? undefined : Math.max(0, last - first);
  const { connections } = from;
  if (connections === undefined || later.some((look) => look.connections === undefined)) return taken;
  const seen = new Set(later.flatMap((look) => [...(look.connections?.keys() ?? [])]));
  const made = [...seen].filter((id) => !connections.has(id)).length;
  return Math.max(taken ?? 0, made);
}

/**
 * Of what is open, by the kernel; of what has ended, by the proxy.
 * @param isTouched whether any connection began or ended: otherwise what has ended can only be a probe of our own
 * @returns nothing where the kernel does not say and nothing has ended
 */
function bytesIn(
  from: LinkLook,
  to: LinkLook,
  isTouched: boolean,
): { readonly requestBytes?: number; readonly replyBytes?: number } {
  const { connections } = to;
  if (connections === undefined || from.connections === undefined) return {};
  const open = (openOf(to) ?? []).filter((id) => hasBytes(connections.get(id)));
  const isSeen = open.length === openOf(to)?.length;
  const onOpen = sum(open.map((id) => movedOn(id, from, to)));
  const total = isTouched ? sum([totalOf(to), negative(totalOf(from))]) : none;
  const most = {
    requestBytes: Math.max(onOpen.requestBytes, total.requestBytes),
    replyBytes: Math.max(onOpen.replyBytes, total.replyBytes),
  };
  const isNothing = most.requestBytes + most.replyBytes === 0;
  return isNothing && !isSeen ? {} : most;
}

interface Bytes {
  readonly requestBytes: number;
  readonly replyBytes: number;
}
const none: Bytes = { requestBytes: 0, replyBytes: 0 };

const sum = (all: readonly Bytes[]): Bytes =>
  all.reduce(
    (left, right) => ({
      requestBytes: left.requestBytes + right.requestBytes,
      replyBytes: left.replyBytes + right.replyBytes,
    }),
    none,
  );

const negative = ({ requestBytes, replyBytes }: Bytes): Bytes => ({
  requestBytes: -requestBytes,
  replyBytes: -replyBytes,
});

/** Everything until then, of connections that are open and of those that are over. */
function totalOf({ connections, closed = none }: LinkLook): Bytes {
  return sum([
    closed,
    ...[...(connections?.values() ?? [])].filter((one) => one.isOpen && hasBytes(one)).map((one) => one as Bytes),
  ]);
}

/** What one connection carried between two looks; another one that has its port by now has carried all of its own. */
function movedOn(id: string, from: LinkLook, to: LinkLook): Bytes {
  const [before, now] = [from.connections?.get(id), to.connections?.get(id)];
  if (!hasBytes(now)) return none;
  if (!hasBytes(before) || before.requestBytes > now.requestBytes || before.replyBytes > now.replyBytes) return now;
  return sum([now, negative(before)]);
}

type Present<T> = { -readonly [Key in keyof T]?: Exclude<T[Key], undefined> };

function withoutAbsent<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}
