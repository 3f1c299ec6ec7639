import fc from "fast-check";
import { expect, test } from "vitest";
import type { FinalState } from "../model/check.ts";
import type { Outcome } from "../model/history.ts";
import { type Verdict, verdicts } from "../model/verdict.ts";
import { cacheAgrees } from "./cache-agrees.ts";
import { deadLettersAreDeserved } from "./dead-letters-are-deserved.ts";
import { effectsExactlyOnce } from "./effects-exactly-once.ts";
import { indexAgrees } from "./index-agrees.ts";
import { noLostJobs } from "./no-lost-jobs.ts";
import { oracleOf, type RawState, type SmallOperation } from "./testing/final-state-oracle.ts";
import { evidenceOf, order, read, type Step, storyOperations, write } from "./testing/history.ts";

// Audits with rows that are there twice, are not there, or are of a wrong type, against what the laws say by their words.

/** `npm run test:deep` asks for more. */
const histories = Number(process.env["FAULTLINE_HISTORIES"] ?? 3000);
const limitMs = 1_200_000;

const checks = [noLostJobs(), effectsExactlyOnce(), deadLettersAreDeserved(), cacheAgrees(), indexAgrees()];

/** "search" stands for an order that nobody can ever work on. */
const operations = storyOperations.map((one) =>
  one.name === "search" ? ({ ...one, effect: "insert", isPoison: true } as const) : one,
);

const anyOperation: fc.Arbitrary<SmallOperation> = fc
  .record({
    effect: fc.constantFrom("insert", "insert", "insert", "read", "write"),
    isPoison: fc.constantFrom(false, false, false, true),
    outcome: fc.constantFrom<Outcome>("ok", "ok", "ok", "ok", "unknown", "failed", "rejected", "overflow"),
    isDenied: fc.constantFrom(false, false, false, false, true),
  })
  .map(({ isPoison, ...one }) => ({ ...one, isPoison: isPoison && one.effect === "insert" }));

function stepOf({ effect, isPoison, outcome, isDenied }: SmallOperation, id: number): Step {
  const [atMs, rest] = [11_000 + id, { outcome, ...(isDenied ? { granted: false } : {}) }];
  if (effect === "read") return read(atMs, 1, 1, rest);
  if (effect === "write") return write(atMs, 1, 2, rest);
  return isPoison ? { operation: "search", atMs, ...rest } : order(atMs, rest);
}

const once = { weight: 4 } as const;
const rarely = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ ...once, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
const place = { keyspace: fc.constantFrom("keys", "carts"), key: fc.nat(2) };
const version = fc.constantFrom(1, 1, 2);
const rows = (row: fc.Arbitrary<object>) => fc.array(row, { maxLength: 4 });

/** What the history calls for, with rows added, repeated, and taken away. */
const anyAudit = fc.record({
  isLevel: fc.boolean(),
  jobs: rows(
    fc.record(
      {
        id: fc.nat(7),
        state: fc.oneof(
          { ...once, arbitrary: fc.constantFrom("completed", "dead") },
          { weight: 1, arbitrary: fc.constantFrom("pending", "paused") },
        ),
        effects: rarely(1, 0, 2),
        attempts: fc.constantFrom(1, 3),
        attemptsAllowed: rarely(3, 4),
        letters: rarely(0, 1, 2),
      },
      { requiredKeys: ["id", "state", "effects"] },
    ),
  ),
  items: rows(fc.record({ id: fc.nat(7), count: rarely(1, 0, 2) })),
  conserved: rows(fc.record({ name: fc.constantFrom("a", "b", "c"), expected: fc.constant(1), actual: rarely(1, 2) })),
  registers: rows(fc.record({ ...place, version, value: fc.constant(null) }, { requiredKeys: ["key", "value"] })),
  cache: rows(
    fc.record(
      { ...place, cached: fc.constantFrom(1, 2, null), row: fc.constantFrom(1, 2, null), isMoving: fc.boolean() },
      { requiredKeys: ["key", "cached", "row"] },
    ),
  ),
  index: rows(fc.record({ ...place, version }, { requiredKeys: ["key", "version"] })),
  without: fc.constantFrom("", "", "", "jobs", "cache", "index", "conserved"),
  repeats: fc.tuple(rarely("", "jobs", "items", "registers", "cache", "index", "conserved"), fc.nat()),
  mistyped: fc.tuple(rarely("", "jobs", "items", "registers", "cache", "index", "conserved"), fc.nat(), fc.nat()),
});

type Drawn = typeof anyAudit extends fc.Arbitrary<infer T> ? T : never;

/** A correct audit of the history, in the place of drawn rows of the same part, where it is `isLevel`. */
function auditOf(all: readonly SmallOperation[], drawn: Drawn): RawState {
  const { isLevel, without, repeats, mistyped, ...parts } = drawn;
  const state: Record<string, Record<string, unknown>[]> = structuredClone(parts) as never;
  if (isLevel) {
    const done = all.flatMap(({ effect, outcome, isPoison }, id) =>
      effect === "insert" && outcome === "ok" ? [{ id, isPoison }] : [],
    );
    const jobs = done.map(({ id, isPoison }) => ({
      id,
      state: isPoison ? "dead" : "completed",
      effects: isPoison ? 0 : 1,
    }));
    state["jobs"] = [...jobs, ...state["jobs"]!.slice(3)];
    state["items"] = [...done.map(({ id }) => ({ id, count: 1 })), ...state["items"]!.slice(3)];
    const unique = new Map(
      state["registers"]!.map((one) => [JSON.stringify([one["keyspace"] ?? "keys", one["key"]]), one]),
    );
    state["registers"] = [...unique.values()].map((one) => ({ version: 1, ...one }));
    state["index"] = state["registers"].map(({ value: _value, ...document }) => document);
    state["cache"] = state["index"].map(({ version: row, ...at }) => ({ ...at, cached: row, row }));
    state["conserved"] = [{ name: "a", expected: 1, actual: 1 }];
  }
  const [twice, ofTwice] = repeats;
  const repeated = state[twice]?.[ofTwice % (state[twice]?.length || 1)];
  if (repeated !== undefined) state[twice]!.push({ ...repeated });
  const [wrong, ofWrong, ofField] = mistyped;
  const row = state[wrong]?.[ofWrong % (state[wrong]?.length || 1)];
  const numbers = Object.keys(row ?? {}).filter((field) => typeof row?.[field] === "number");
  const field = numbers[ofField % (numbers.length || 1)];
  if (row !== undefined && field !== undefined) row[field] = ofField % 2 === 0 ? String(row[field]) : Number.NaN;
  delete state[without];
  return state;
}

test(
  `${histories} audits come to the same by the checks and by the words of their laws`,
  () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(anyOperation, { maxLength: 7 }), anyAudit, (all, drawn) => {
        const raw = auditOf(all, drawn);
        const evidence = evidenceOf(all.map(stepOf), { operations, finalState: raw as unknown as FinalState });
        const expected = oracleOf(all, raw);
        for (const check of checks) {
          const { verdict, actual, witness } = check.judge(evidence);
          expect(verdict, `${check.name}: ${actual}`).toBe(expected[check.name]);
          expect(witness.length).toBeLessThanOrEqual(10);
          seen.add(`${check.name} ${verdict}`);
        }
      }),
      { numRuns: histories },
    );
    // Where one of them never came up, nothing was compared.
    const all = checks.flatMap(({ name }) => verdicts.map((verdict: Verdict) => `${name} ${verdict}`));
    expect([...seen].toSorted()).toEqual(all.toSorted());
  },
  limitMs,
);
