import fc from "fast-check";
import { expect, it } from "vitest";
import type { Check, Register } from "../model/check.ts";
import { milliseconds } from "../model/units.ts";
import type { Verdict } from "../model/verdict.ts";
import { noLostUpdates } from "./no-lost-updates.ts";
import { noLostWrites } from "./no-lost-writes.ts";
import { noStaleReads } from "./no-stale-reads.ts";
import {
  anyWorld,
  evidenceFor,
  ordersOf,
  type Small,
  type SmallWorld,
  saw,
  setsOf,
  type Telling,
} from "./testing/small-world.ts";
import { versionsNeverGoBack } from "./versions-never-go-back.ts";

// Each law beside one that tries every order: slow, and obviously right.

/** `npm run test:deep` asks for more. */
const histories = Number(process.env["FAULTLINE_HISTORIES"] ?? 4000);

/** A write as the slow laws see it. */
interface Write extends Small {
  readonly id: number;
  readonly isPromised: boolean;
  /** When it was certain that it had happened: its acknowledgement, or the end of the first read of its value. */
  readonly sure: number;
}

const isNever = ({ outcome }: Small): boolean => ["failed", "overflow", "refused"].includes(outcome);
const isSame = (one: Small, other: Small): boolean => one.space === other.space && one.key === other.key;

/** Whether the versions of a key may begin anew, since it may have been deleted by what tells no version. */
function restartsAt({ operations }: SmallWorld, place: Small): boolean {
  const deletes = operations.filter((one) => one.kind === "delete" && one.space === place.space);
  const isTold = deletes.some((one) => one.outcome === "ok" && !Number.isNaN(one.version));
  return !isTold && deletes.some((one) => isSame(one, place) && !isNever(one));
}

/** The writes of a world that may have happened, with what its reads say of them. */
function writesOf(world: SmallWorld): readonly Write[] {
  return world.operations.flatMap((one, id): Write[] => {
    if (one.kind === "read" || isNever(one)) return [];
    const reads = world.operations
      .filter((read) => read.kind === "read" && read.outcome === "ok" && isSame(read, one) && read.value === id)
      .filter((read) => one.kind === "write" && read.to >= one.from)
      .toSorted((a, b) => a.to - b.to);
    const isPromised = one.outcome === "ok";
    const told = [one, ...reads].find(({ version }) => !Number.isNaN(version))?.version ?? Number.NaN;
    const version = restartsAt(world, one) ? Number.NaN : told;
    const sure = Math.min(isPromised ? one.to : Number.POSITIVE_INFINITY, reads[0]?.to ?? Number.POSITIVE_INFINITY);
    return [{ ...one, id, isPromised, version, sure }];
  });
}

const agreesWithTime = (order: readonly Write[]): boolean =>
  order.every((one, place) => order.slice(0, place).every((before) => !(one.sure < before.from)));

/** @param ignored its version says nothing of its place */
function agreesWithVersions(order: readonly Write[], ignored?: Write): boolean {
  const told = order.filter((one) => one !== ignored && one.isPromised && !Number.isNaN(one.version));
  return told.every((one, place) => place === 0 || told[place - 1]!.version < one.version);
}

/** Whether the promised writes, and any of the others, have an order like this. */
function someOrder(writes: readonly Write[], isGood: (order: readonly Write[]) => boolean): boolean {
  const [sure, open] = [writes.filter((one) => one.isPromised), writes.filter((one) => !one.isPromised)];
  for (const some of setsOf(open)) {
    for (const order of ordersOf([...sure, ...some])) if (agreesWithTime(order) && isGood(order)) return true;
  }
  return false;
}

type Explained = "yes" | "no" | "open";

/** Whether a key can end so. */
function explains(writes: readonly Write[], register: Register | undefined, restarts: boolean): Explained {
  const promised = writes.filter((one) => one.isPromised);
  if (register === undefined) {
    const isRight = (order: readonly Write[]): boolean =>
      agreesWithVersions(order) && (order.length === 0 || order.at(-1)!.kind === "delete");
    return someOrder(writes, isRight) ? "yes" : "no";
  }
  if (register.value === null) return promised.length === 0 ? "yes" : "no";
  const holder = writes.find((one) => one.id === register.value && one.kind === "write");
  if (holder === undefined) return "no";
  const version = restarts ? Number.NaN : (register.version ?? Number.NaN);
  const isNewest = (order: readonly Write[]): boolean =>
    order.at(-1) === holder &&
    order.slice(0, -1).every((one) => !one.isPromised || !(one.version >= version)) &&
    !(holder.isPromised && holder.version > version);
  if (holder.isPromised && holder.version < version) {
    // It was delivered again: its version says nothing of its place, which is the last.
    return someOrder(writes, (order) => isNewest(order) && agreesWithVersions(order, holder)) ? "yes" : "no";
  }
  if (someOrder(writes, (order) => isNewest(order) && agreesWithVersions(order))) return "yes";
  if (!Number.isNaN(version) || !holder.isPromised || Number.isNaN(holder.version)) return "no";
  // Where the audit reads no version, it may have been delivered again or not.
  const isOpen = someOrder(
    writes,
    (order) =>
      order.at(-1) === holder &&
      agreesWithVersions(order, holder) &&
      order.slice(0, -1).every((one) => !one.isPromised || one.version !== holder.version),
  );
  return isOpen ? "open" : "no";
}

function slowLostWrites(world: SmallWorld): Verdict {
  const all = writesOf(world);
  const places = new Map(world.operations.map((one) => [`${one.space} ${one.key}`, one]));
  const listed = world.registers.map((register) => ({ register, space: register.keyspace === "carts" ? 1 : 0 }));
  const elsewhere = listed.filter(({ register, space }) => !places.has(`${space} ${register.key}`));
  // A final state that lists a key twice says nothing.
  const isRepeated = new Set(listed.map(({ register, space }) => `${space} ${register.key}`)).size < listed.length;
  let isOpen = isRepeated;
  for (const place of places.values()) {
    const writes = all.filter((one) => isSame(one, place));
    const restarts = restartsAt(world, place);
    const finals = listed.filter(({ register, space }) => space === place.space && register.key === place.key);
    const answers = (finals.length === 0 ? [undefined] : finals).map((final) =>
      explains(writes, final?.register, restarts),
    );
    const promised = writes.filter((one) => one.isPromised);
    const hasHistory = [...ordersOf(promised)].some((order) => agreesWithTime(order) && agreesWithVersions(order));
    if (!hasHistory || (!isRepeated && answers.includes("no"))) return "fail";
    isOpen ||= answers.includes("open");
  }
  if (!isRepeated && elsewhere.some(({ register }) => register.value !== null)) return "fail";
  if (isOpen || !all.some((one) => one.isPromised)) return "inconclusive";
  return "pass";
}

/** A state that an operation left or may have seen. */
interface State {
  /** 0: before the key was there, 1: the initial value, 2: what a write left; `NaN` where only the version is known. */
  readonly rank: number;
  readonly write?: Write;
  readonly version: number;
}

/** Whether it is newer in every order that agrees with time, or by its version where both have one. */
function isNewer(one: State, other: State, writes: readonly Write[]): boolean {
  if (!Number.isNaN(one.version) && !Number.isNaN(other.version)) return one.version > other.version;
  if (one.rank !== 2 || other.rank !== 2) return one.rank > other.rank;
  const [later, earlier] = [one.write!, other.write!];
  if (later === earlier) return false;
  const orders = [...ordersOf(writes)].filter(agreesWithTime);
  return orders.every((order) => order.indexOf(later) > order.indexOf(earlier));
}

const stateAfter = (write: Write, version = write.version): State => ({ rank: 2, write, version });

const isAnswered = (one: Small): boolean => one.kind === "read" && one.outcome === "ok";

const tellsValues = (world: SmallWorld, { space }: Small): boolean =>
  world.operations.some((one) => isAnswered(one) && one.space === space && one.value >= 0);

/** The version that a read told, where versions of its key do not begin anew. */
function versionTold(world: SmallWorld, read: Small): number {
  return restartsAt(world, read) ? Number.NaN : read.version;
}

/** What a read may have seen; undefined when it does not say. */
function statesSeen(read: Small, world: SmallWorld, writes: readonly Write[]): readonly State[] | undefined {
  const version = versionTold(world, read);
  const unplaced = Number.isNaN(version) ? undefined : [{ rank: Number.NaN, version }];
  if (read.value === saw.nothing) {
    if (unplaced !== undefined) return unplaced;
    const deletes = writes.filter((one) => one.kind === "delete" && one.from < read.to);
    return [
      { rank: 0, version: Number.NEGATIVE_INFINITY },
      ...deletes.map((one) => stateAfter(one, one.isPromised ? one.version : Number.NaN)),
    ];
  }
  if (read.value === saw.initial) return tellsValues(world, read) ? [{ rank: 1, version }] : unplaced;
  const write = writes.find((one) => one.id === read.value && one.kind === "write" && one.from <= read.to);
  if (write === undefined) return unplaced;
  return [stateAfter(write, Number.isNaN(version) ? write.version : version)];
}

const withinMs = 2;

/** How long something had been there that is newer than this state, when the read began. */
function ageOf(read: Small, state: State, world: SmallWorld, writes: readonly Write[]): number {
  const ages = writes.flatMap((one) => {
    const obligesAt = one.isPromised ? one.to : one.sure;
    // Of what was not acknowledged only reads tell the version.
    const isByReads = !one.isPromised && !Number.isNaN(one.version) && !Number.isNaN(state.version);
    return isByReads || !isNewer(stateAfter(one), state, writes) ? [] : [read.from - obligesAt];
  });
  const promised = new Set(writes.filter((one) => one.isPromised).map(({ version }) => version));
  const proofs = world.operations.filter((one) => isAnswered(one) && isSame(one, read));
  for (const one of proofs) {
    const version = versionTold(world, one);
    if (version > state.version && !promised.has(version)) ages.push(read.from - one.to);
  }
  return Math.max(0, ...ages);
}

function slowStaleness(world: SmallWorld): Verdict {
  const all = writesOf(world);
  let isExposed = false;
  for (const read of world.operations.filter(isAnswered)) {
    const writes = all.filter((one) => isSame(one, read));
    const states = statesSeen(read, world, writes);
    if (states === undefined) continue;
    const age = Math.min(...states.map((state) => ageOf(read, state, world, writes)));
    if (age > withinMs) return "fail";
    const mayBeDeletedLater = states.some(({ write }) => write?.kind === "delete" && !write.isPromised);
    const isPlaced = read.value === saw.nothing || tellsValues(world, read);
    isExposed ||= writes.some(
      (one) =>
        one.isPromised &&
        one.to + withinMs < read.from &&
        !mayBeDeletedLater &&
        (isPlaced || !Number.isNaN(one.version)),
    );
  }
  return isExposed ? "pass" : "inconclusive";
}

/** Whether a session can have seen these states one after the other; what reads found absent is tried in all ways. */
function isMonotonic(world: SmallWorld, session: number, place: Small): boolean | undefined {
  const writes = writesOf(world).filter((one) => isSame(one, place));
  const seen = world.operations
    .map((one, id) => ({ one, id }))
    .filter(({ one }) => one.session === session && isSame(one, place) && one.outcome === "ok")
    .flatMap(({ one, id }) => {
      const write = writes.find((other) => other.id === id);
      const states = one.kind === "read" ? statesSeen(one, world, writes) : [stateAfter(write!)];
      return states === undefined ? [] : [{ from: one.from, to: one.to, states }];
    });
  const assign = (at: number, chosen: readonly State[]): boolean => {
    if (at === seen.length) {
      return seen.every((later, place) =>
        seen.every((earlier, other) => !(earlier.to < later.from && isNewer(chosen[other]!, chosen[place]!, writes))),
      );
    }
    return seen[at]!.states.some((state) => assign(at + 1, [...chosen, state]));
  };
  return assign(0, []);
}

function slowMonotonic(world: SmallWorld): Verdict {
  const answers = world.operations.flatMap((place) => [0, 1].map((session) => isMonotonic(world, session, place)));
  return answers.includes(false) ? "fail" : "pass";
}

function slowLostUpdates(world: SmallWorld): Verdict {
  const { operations } = world;
  const writes = writesOf(world);
  const claims = operations.flatMap((one, id) => {
    const write = writes.find((other) =>
      one.kind === "read"
        ? one.outcome === "ok" &&
          other.kind === "write" &&
          other.from <= one.to &&
          isSame(one, other) &&
          other.id === one.value
        : other.id === id && other.isPromised,
    );
    // Versions that may begin anew are not compared, and those of their reads are not either.
    return write === undefined || Number.isNaN(one.version) || Number.isNaN(write.version)
      ? []
      : [{ write, version: one.version }];
  });
  const pairs = claims.flatMap((one) =>
    claims
      .filter((other) => isSame(one.write, other.write) && other.write.id < one.write.id)
      .map((other) => [one, other] as const),
  );
  if (pairs.some(([one, other]) => one.version === other.version)) return "fail";
  return pairs.length > 0 ? "pass" : "inconclusive";
}

/** Without the reads that say nothing: no version, though others of their operation tell one, and no value. */
function heard(world: SmallWorld): SmallWorld {
  const isAnswer = ({ kind, outcome, value }: Small): boolean =>
    kind === "read" && outcome === "ok" && value !== saw.nothing;
  const isVersioned = (space: number): boolean =>
    world.operations.some((one) => isAnswer(one) && one.space === space && !Number.isNaN(one.version));
  const isSilent = (one: Small): boolean =>
    isAnswer(one) && one.value === saw.initial && Number.isNaN(one.version) && isVersioned(one.space);
  const operations = world.operations.map((one) => (isSilent(one) ? { ...one, outcome: "unknown" as const } : one));
  return { ...world, operations };
}

interface Law {
  readonly check: Check;
  slow(world: SmallWorld): Verdict;
  /** Whether it also says when there was nothing to judge; else any answer but `fail` is taken for one. */
  readonly isDecisive: boolean;
}

const laws: readonly Law[] = [
  { check: noLostWrites(), slow: slowLostWrites, isDecisive: true },
  { check: noLostUpdates(), slow: slowLostUpdates, isDecisive: true },
  { check: noStaleReads({ within: milliseconds(withinMs) }), slow: slowStaleness, isDecisive: true },
  { check: versionsNeverGoBack(), slow: slowMonotonic, isDecisive: false },
];

/** The counts below must not depend on luck: only the deep tests draw anew. */
const fixedSeed = process.env["FAULTLINE_HISTORIES"] === undefined ? { seed: 7 } : {};

const cases = laws.flatMap((law) =>
  (["all", "none", "some"] as const).map((telling): readonly [string, Telling, Law] => [law.check.name, telling, law]),
);

it.each([
  ...cases.map((one) => [...one, 1] as const),
  ...cases.filter(([, telling]) => telling === "some").map((one) => [...one, 3] as const),
])("%s, %s answers with versions, agrees with a search (%#)", { timeout: 3_600_000 }, (name, telling, law, deletes) => {
  const seen: Record<Verdict, number> = { pass: 0, fail: 0, inconclusive: 0 };
  fc.assert(
    fc.property(anyWorld(telling, deletes), (world) => {
      const truth = law.slow(heard(world));
      const { verdict, actual } = law.check.judge(evidenceFor(world));
      const judged = law.isDecisive || verdict === "fail" ? verdict : "pass";
      seen[truth] += 1;
      expect(judged, actual).toBe(truth);
    }),
    { numRuns: histories, ...fixedSeed },
  );
  if (process.env["FAULTLINE_HISTORIES"] !== undefined) console.info(name, telling, JSON.stringify(seen));
  // Every answer must have been asked for often, or the agreement would prove little.
  if (telling === "none" && name === "noLostUpdates") return;
  expect(Math.min(seen.pass, seen.fail), JSON.stringify(seen)).toBeGreaterThan(histories / 200);
});
