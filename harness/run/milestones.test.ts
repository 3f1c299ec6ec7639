import { expect, test, vi } from "vitest";
import type { RunningSystem } from "../model/environment.ts";
import { outcomeCode } from "../model/history.ts";
import { accepted } from "../model/milestone.ts";
import type { Plan } from "../model/plan.ts";
import { Tally } from "../model/tally.ts";
import { milestoneReached } from "./milestones.ts";

const plan = { operations: [{ name: "read" }, { name: "buy" }] } as unknown as Plan;
const system = {} as RunningSystem;
const now = (): number => performance.now();
const signal = new AbortController().signal;
const [ok, failed] = [outcomeCode("ok"), outcomeCode("failed")];

test("what counts is what was ok, of the operations named, from now on", async () => {
  const tally = new Tally(2);
  tally.add(1, ok);
  let isReached = false;
  const reached = milestoneReached(accepted(2, ["buy"]), { plan, tally, system }, { untilMs: Infinity, now, signal });
  const watched = reached.then(() => {
    isReached = true;
  });
  for (const [operation, outcome] of [
    [0, ok],
    [1, failed],
    [1, ok],
    [0, ok],
  ] as const)
    tally.add(operation, outcome);
  // It has counted often since, and one buy is still missing.
  const counts = vi.spyOn(tally, "of");
  await expect.poll(() => counts.mock.calls.length).toBeGreaterThan(10);
  expect(isReached).toBe(false);
  tally.add(1, ok);
  await watched;
  expect(await reached).toBe(true);
});

test("a milestone that is not reached in time says so, and one that is waited for ends with the run", async () => {
  const countable = { plan, tally: new Tally(2), system };
  expect(await milestoneReached(accepted(1), countable, { untilMs: now() + 50, now, signal })).toBe(false);
  const run = new AbortController();
  const waiting = milestoneReached(accepted(1), countable, { untilMs: Infinity, now, signal: run.signal });
  run.abort(new Error("over"));
  await expect(waiting).rejects.toThrow();
});
