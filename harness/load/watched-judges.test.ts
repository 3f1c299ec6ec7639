import { expect, it } from "vitest";
import type { HttpOperation } from "../model/workload.ts";
import { operation } from "./testing/rig.ts";
import { watchJudges } from "./watched-judges.ts";

const reply = { status: 200, headers: {}, body: "" };
const draw = { id: 0, key: 0, session: 0, token: "t-0" };

/** What is found of a judge that was asked three times. */
function watched(judge: () => unknown) {
  const get = operation("/", { judge: judge as HttpOperation["judge"] });
  const { workloads, faults } = watchJudges([{ name: "w", perSecond: 1, keys: 1, sessions: 1, operations: { get } }]);
  const again = workloads[0]!.operations["get"] as HttpOperation;
  const answers = [1, 2, 3].map(() => {
    try {
      return again.judge(reply, draw);
    } catch (error) {
      return error;
    }
  });
  return { answers, faults: faults() };
}

it.each<[string, () => unknown, RegExp]>([
  ["throws", () => JSON.parse("{"), /^threw: .*JSON/],
  ["is async", async () => Promise.reject(new Error("late")), /^returned a promise/],
  ["returns nothing", () => undefined, /^returned undefined/],
  ["returns another outcome", () => ({ outcome: "okay" }), /^returned the outcome "okay"/],
])("a judge that %s is counted, with its operation and what it did first", (_what, judge, message) => {
  const { faults } = watched(judge);
  expect(faults).toEqual([{ operation: "get", message: expect.stringMatching(message), times: 3, asked: 3 }]);
});

it("what a judge threw is thrown on, and counted as often as it was", () => {
  let calls = 0;
  const { answers, faults } = watched(() => {
    calls += 1;
    if (calls === 2) throw new Error("second");
    return { outcome: "ok" };
  });
  expect(answers).toEqual([{ outcome: "ok" }, new Error("second"), { outcome: "ok" }]);
  expect(faults).toMatchObject([{ message: "threw: second", times: 1, asked: 3 }]);
});

it("a judge that does its work has no fault, whatever it says of the answers", () => {
  expect(watched(() => ({ outcome: "wrong", detail: "no price" })).faults).toEqual([]);
});
