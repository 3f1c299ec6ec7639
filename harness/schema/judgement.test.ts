import fc from "fast-check";
import { expect, test } from "vitest";
import { judged } from "../load/ending.ts";
import { effects, type Judgement } from "../model/workload.ts";
import { judgementOf, judgementShape } from "./judgement.ts";
import { problemsAs } from "./problems.ts";

const odd = fc.constantFrom<unknown>(
  undefined,
  null,
  -1,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 53,
  2 ** 32 - 1,
  "7",
  7n,
  [],
  {},
  true,
  () => 1,
);
const mostly = <T>(right: fc.Arbitrary<T>) => fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: odd });
const json = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant({ a: new Map() }), fc.constant([undefined]));
const fields: Record<keyof Judgement, fc.Arbitrary<unknown>> = {
  outcome: mostly(fc.constantFrom("ok", "wrong", "rejected")),
  version: mostly(fc.oneof(fc.nat(), fc.double({ min: 0, max: 10, noNaN: true }))),
  value: mostly(fc.nat()),
  absent: mostly(fc.boolean()),
  notExecuted: mostly(fc.boolean()),
  evidence: json,
  granted: mostly(fc.boolean()),
  detail: mostly(fc.string()),
};
const judgement = fc.record(fields, { requiredKeys: ["outcome"] });
const misspelt = fc
  .tuple(judgement, fc.constantFrom("verison", "Value", "isAbsent", "constructor"))
  .map(([one, name]) => ({ ...one, [name]: 1 }));

test("the schema and the load generator agree on every judgement", () => {
  const found = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.oneof({ weight: 6, arbitrary: judgement }, misspelt, odd),
      fc.constantFrom(...effects),
      (one, effect) => {
        const { outcome, detail } = judged(one as Judgement, effect, "its judge");
        const isRefused = outcome === "wrong" && detail.startsWith("its judge ");
        const problems = problemsAs(judgementOf(effect), one, { where: "judge", code: "BAD_RESULT" });
        expect({ problems, detail, isRefused: problems.length > 0 }).toEqual({ problems, detail, isRefused });
        found[isRefused ? "refused" : "accepted"] += 1;
      },
    ),
    { numRuns: 5000 },
  );
  expect(Math.min(found.accepted, found.refused)).toBeGreaterThan(200);
});

test("every field is tried", () => {
  expect(Object.keys(judgementShape).toSorted()).toEqual(Object.keys(fields).toSorted());
});
