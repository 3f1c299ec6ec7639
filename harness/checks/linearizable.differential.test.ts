import fc from "fast-check";
import { expect, it } from "vitest";
import type { Evidence } from "../model/check.ts";
import { historyOf, type Outcome, outcomeCode, phaseCode, setRow } from "../model/history.ts";
import { linearizable } from "./linearizable.ts";
import { evidenceOf } from "./testing/history.ts";

/** `npm run test:deep` asks for more. */
const histories = Number(process.env["FAULTLINE_HISTORIES"] ?? 4000);

/** One operation on a register, small enough for a search through all orders. */
interface Small {
  readonly isWrite: boolean;
  readonly key: number;
  readonly from: number;
  readonly to: number;
  readonly outcome: Outcome;
  /** Of a read: the place of the write whose value it returned; −1 the initial value, 99 a value that nobody wrote. */
  readonly value: number;
}

const anyHistory: fc.Arbitrary<readonly Small[]> = fc
  .array(
    fc.record({
      isWrite: fc.boolean(),
      key: fc.constantFrom(0, 0, 0, 0, 1),
      from: fc.nat(9),
      length: fc.nat(4),
      outcome: fc.constantFrom<Outcome>("ok", "ok", "ok", "ok", "unknown", "failed"),
      value: fc.constantFrom(-1, 0, 1, 2, 3, 4, 5, 6, 99),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((all) => {
    const writes = all.flatMap(({ isWrite }, place) => (isWrite ? [place] : []));
    // A read mostly returns a value that somebody wrote: the others are illegal at once.
    return all.map(({ length, value, ...one }) => ({
      ...one,
      to: one.from + length,
      value: value === 99 || value < 0 || writes.length === 0 ? value : writes[value % writes.length]!,
    }));
  });

function evidenceFor(all: readonly Small[]): Evidence {
  const evidence = evidenceOf([]);
  const history = historyOf(all.length);
  for (const [id, { isWrite, key, from, to, outcome, value }] of all.entries()) {
    const isSent = outcome !== "failed";
    setRow(history, id, {
      id,
      operation: isWrite ? 1 : 0,
      session: 0,
      key,
      target: 0,
      phase: phaseCode("faults"),
      granted: 0,
      outcome: outcomeCode(outcome),
      error: 0,
      value: isWrite ? id : value < 0 ? Number.NaN : value,
      version: Number.NaN,
      intendedMs: from,
      dispatchedMs: isSent ? from : Number.NaN,
      wireMs: isSent ? from : Number.NaN,
      endMs: to,
    });
  }
  return { ...evidence, history };
}

/** Tries every order, key by key: slow, and obviously right. */
function hasOrder(all: readonly Small[]): boolean {
  return [0, 1].every((key) => {
    const operations = all
      .map((operation, place) => ({ ...operation, place }))
      .filter((one) => one.key === key && one.outcome !== "failed" && (one.isWrite || one.outcome === "ok"));
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
          next.isWrite ? next.place : value,
        );
      });
      if (!found) dead.add(state);
      return found;
    };
    return search(operations, -1);
  });
}

it(`says of ${histories} small histories what a search through all orders says`, { timeout: 600_000 }, () => {
  const seen = { pass: 0, fail: 0 };
  fc.assert(
    fc.property(anyHistory, (all) => {
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
});
