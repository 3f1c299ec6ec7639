import { expect, test } from "vitest";
import type { Snapshot } from "../model/snapshot.ts";
import { leftChanged } from "./comparison.ts";

const before: Snapshot = { cache: { maxmemory: "64mb" } };
const changed: Snapshot = { cache: { maxmemory: "1mb" } };
const patience = { settlesMs: 0, answersMs: 0 };
const never = { settlesMs: 1e9, answersMs: 1e9 };

/** Gives one answer after the other, and then the last one again and again. */
function system(...answers: readonly (Snapshot | Error)[]) {
  let asked = 0;
  return {
    get asked() {
      return asked;
    },
    snapshot: () => {
      const answer = answers[Math.min(asked, answers.length - 1)]!;
      asked += 1;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
}

test("nothing is changed when all is as it was, at once", async () => {
  const one = system(before);
  expect(await leftChanged(one, before, patience)).toEqual([]);
  expect(one.asked).toBe(1);
});

test("what is changed is told when it has had time to settle", async () => {
  expect(await leftChanged(system(changed), before, patience)).toEqual([expect.stringContaining("maxmemory")]);
  expect(await leftChanged(system(changed, changed, before), before, never)).toEqual([]);
});

test("a server that does not answer in time is asked again, and told when it never does", async () => {
  const late = new Error("Command timed out");
  expect(await leftChanged(system(late, late, before), before, { ...never, settlesMs: 0 })).toEqual([]);
  expect(await leftChanged(system(late), before, patience)).toEqual([
    "whether everything is as it was before could not be found out: Command timed out",
  ]);
});
