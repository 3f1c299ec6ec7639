import { expect, test } from "vitest";
import type { Planned } from "./planned.ts";
import type { ProveFlags } from "./prove.ts";
import { queuesOf } from "./prove-queues.ts";

const flags: ProveFlags = { scenarios: "scenarios", env: "local", output: "none", repeat: "1", allowTarget: [] };
const pause = {
  id: "pause",
  path: "scenarios/pause.ts",
  plan: { seed: "prove-1", phases: [] },
  scenario: { checks: [] },
} as unknown as Planned;
const planned = { scenarios: [pause], plans: new Map([["pause", [pause]]]) };
const cellIn = (env: string, switches: Record<string, string> = {}) =>
  queuesOf(planned, [{ name: "wrong", environment: switches }], { ...flags, env })
    .flat()
    .map(({ fingerprint }) => fingerprint);

test("what was told in one environment, or with another switch, is not told in another", () => {
  expect(cellIn("local")).toEqual(cellIn("local"));
  const all = [...cellIn("local"), ...cellIn("containers"), ...cellIn("local", { BUG: "x" })];
  // Six, of which the system as it is in the first environment is asked for twice.
  expect(new Set(all).size).toBe(5);
});
