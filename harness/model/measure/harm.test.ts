import { expect, test } from "vitest";
import type { CheckResult, Verdict } from "../verdict.ts";
import { harmOf } from "./harm.ts";

const check = (
  name: string,
  numbers: CheckResult["numbers"],
  verdict: Verdict = "fail",
  title = name,
): CheckResult => ({
  name,
  title,
  law: "",
  guards: "safety",
  verdict,
  expected: "",
  actual: "",
  witness: [],
  numbers,
});
const counts = (...checks: readonly CheckResult[]) =>
  Object.fromEntries(harmOf(checks).map(({ name, count }) => [name, count]));

test("adds up what different checks lost, and says of what none looked for that it is not known", () => {
  expect(counts(check("noLostWrites", { lost: 2 }), check("noLostJobs", { lost: 1, stuck: 3 }))).toEqual({
    lost: 3,
    duplicated: null,
    stale: null,
    stuck: 3,
  });
});

test("counts nothing twice that two checks see", () => {
  const two = [check("noLostWrites", { duplicated: 1 }, "pass"), check("effectsExactlyOnce", { duplicated: 3 })];
  expect(counts(...two)["duplicated"]).toBe(3);
  const bounds = [
    check("noStaleReads", { stale: 2 }, "fail", "2 s"),
    check("noStaleReads", { stale: 5 }, "fail", "1 s"),
  ];
  expect(counts(...bounds)["stale"]).toBe(5);
});

test("rests on no check that could not decide", () => {
  expect(counts(check("noLostWrites", { lost: 0 }, "inconclusive"))["lost"]).toBeNull();
  expect(harmOf([check("noLostJobs", { stuck: 4 })]).at(-1)).toMatchObject({ verdict: "fail", by: [{ count: 4 }] });
});
