import fc from "fast-check";
import { expect, it } from "vitest";
import type { Evidence } from "../model/check.ts";
import { flagsOf, historyOf, type Outcome, outcomeCode, phaseCode, setRow } from "../model/history.ts";
import { linearizable } from "./linearizable.ts";
import { evidenceOf } from "./testing/history.ts";

/** `npm run test:deep` asks for more. */
const histories = Number(process.env["FAULTLINE_HISTORIES"] ?? 4000);

/** One operation on a register, small enough for a search through all orders. */
interface Small {
  readonly isWrite: boolean;
  /** A write whose value is absence. */
  readonly isDelete: boolean;
  readonly key: number;
  readonly from: number;
  readonly to: number;
  /** `refused`: rejected, and certainly not executed. */
  readonly outcome: Outcome | "refused";
  /** Of a read: the place of the write whose value it returned; −1 the initial value, −2 nothing, 99 a value that nobody wrote. */
  readonly value: number;
}

/** @param deletes how many of three writes are deletes, and of the reads found nothing */
const anyHistory = (deletes: 0 | 1): fc.Arbitrary<readonly Small[]> =>
  fc
    .array(
      fc.record({
        isWrite: fc.boolean(),
        isDelete: deletes === 0 ? fc.constant(false) : fc.constantFrom(true, false, false),
        key: fc.constantFrom(0, 0, 0, 0, 1),
        from: fc.nat(9),
        length: fc.nat(4),
        outcome: fc.constantFrom<Small["outcome"]>("ok", "ok", "ok", "ok", "unknown", "failed", "refused"),
        value: fc.constantFrom(-1, 0, 1, 2, 3, 4, 5, 6, 99, ...(deletes === 0 ? [] : [-2, -2, -2, -2])),
      }),
      { minLength: 1, maxLength: 7 },
    )
    .map((all) => {
      const writes = all.flatMap(({ isWrite, isDelete }, place) => (isWrite && !isDelete ? [place] : []));
      // A read mostly returns a value that somebody wrote: the others are illegal at once.
      return all.map(({ length, value, ...one }) => ({
        ...one,
        to: one.from + length,
        value: value === 99 || value < 0 || writes.length === 0 ? value : writes[value % writes.length]!,
      }));
    });

function evidenceFor(all: readonly Small[]): Evidence {
  const evidence = evidenceOf([]);
  const operations = ["read", "write", "remove"].map((name) => evidence.operations.find((one) => one.name === name)!);
  const history = historyOf(all.length);
  for (const [id, { isWrite, isDelete, key, from, to, outcome, value }] of all.entries()) {
    const isSent = outcome !== "failed";
    const isAbsent = !isWrite && outcome === "ok" && value === -2;
    setRow(history, id, {
      id,
      operation: isWrite ? (isDelete ? 2 : 1) : 0,
      session: 0,
      key,
      target: 0,
      phase: phaseCode("faults"),
      granted: 0,
      outcome: outcomeCode(outcome === "refused" ? "rejected" : outcome),
      error: 0,
      value: isWrite ? id : value < 0 ? Number.NaN : value,
      version: Number.NaN,
      intendedMs: from,
      dispatchedMs: isSent ? from : Number.NaN,
      wireMs: isSent ? from : Number.NaN,
      endMs: to,
      flags: flagsOf({ absent: isAbsent, notExecuted: outcome === "refused" }),
    });
  }
  return { ...evidence, operations, history };
}

/** Tries every order, key by key: slow, and obviously right. */
function hasOrder(all: readonly Small[]): boolean {
  return [0, 1].every((key) => {
    const operations = all
      .map((operation, place) => ({ ...operation, place }))
      .filter(
        (one) =>
          one.key === key && !["failed", "refused"].includes(one.outcome) && (one.isWrite || one.outcome === "ok"),
      );
    const endOf = (one: (typeof operations)[number]): number =>
      one.outcome === "ok" ? one.to : Number.POSITIVE_INFINITY;
    const dead = new Set<string>();
    const search = (left: readonly (typeof operations)[number][], value: number): boolean => {
      // A write without a certain outcome may also never take effect.
      if (left.every((one) => one.outcome !== "ok")) return true;
      const state = `${left.map(({ place }) => place).join()}:${value}`;
      if (dead.has(state)) return false;
      const found = left.some((next) => {
        if (left.some((other) => endOf(other) < next.from)) return false;
        if (!next.isWrite && next.value !== value) return false;
        return search(
          left.filter((one) => one !== next),
          next.isWrite ? (next.isDelete ? -2 : next.place) : value,
        );
      });
      if (!found) dead.add(state);
      return found;
    };
    // A key has its initial value if anyone read it, and else may not be there yet.
    const isThere = operations.some((one) => !one.isWrite && one.value === -1);
    return search(operations, isThere ? -1 : -2);
  });
}

it.each([
  ["writes", 0],
  ["writes and deletes", 1],
] as const)(
  "says of small histories with %s what a search through all orders says",
  { timeout: 3_600_000 },
  (_, deletes) => {
    const seen = { pass: 0, fail: 0 };
    fc.assert(
      fc.property(anyHistory(deletes), (all) => {
        const judged = linearizable().judge(evidenceFor(all)).verdict;
        const truth = hasOrder(all) ? "pass" : "fail";
        if (judged === "inconclusive") return;
        seen[truth] += 1;
        expect(judged).toBe(truth);
      }),
      { numRuns: histories },
    );
    // Both answers must have been asked for often, or the agreement would prove little.
    expect(Math.min(seen.pass, seen.fail)).toBeGreaterThan(histories / 20);
  },
);
