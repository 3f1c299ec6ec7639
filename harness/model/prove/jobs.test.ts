import { describe, expect, it } from "vitest";
import { afterFirst, afterRun, firstJobs, type Jobs, type Measured } from "./jobs.ts";

const passed = (idle: number, jobs: number): Measured => ({ verdict: "pass", allowed: jobs, beside: jobs, idle });
const overloaded = (jobs: number): Measured => ({
  verdict: "inconclusive",
  cause: "hostOverloaded",
  allowed: jobs,
  beside: jobs,
  idle: 0.1,
});
const after = (jobs: Jobs, ...runs: readonly Measured[]): Jobs => runs.reduce(afterRun, jobs);
const times = (count: number, run: Measured): readonly Measured[] => Array.from({ length: count }, () => run);

it("begins with one for two cores, and with at least one", () => {
  expect([1, 2, 3, 8].map((cores) => firstJobs(cores).now)).toEqual([1, 1, 1, 4]);
});

describe("the first run, which is alone", () => {
  it("says how many fit, up to the number of cores", () => {
    const [two, eight] = [firstJobs(2), firstJobs(8)];
    expect(afterFirst(two, { verdict: "fail", idle: 0.66 }).now).toBe(2);
    expect(afterFirst(two, { verdict: "fail", idle: 0.55 }).now).toBe(1);
    expect(afterFirst(two, { verdict: "fail", idle: 0.05 }).now).toBe(1);
    expect(afterFirst(two, { verdict: "fail", idle: 1 }).now).toBe(2);
    expect(afterFirst(eight, { verdict: "fail", idle: 0.88 }).now).toBe(7);
  });

  it("leaves it at one when it could not tell, and changes nothing where nothing is measured", () => {
    expect(afterFirst(firstJobs(8), { verdict: "inconclusive", idle: 0.9 }).now).toBe(1);
    expect(afterFirst(firstJobs(8), { verdict: "fail" }).now).toBe(4);
  });
});

describe("each further run", () => {
  it("makes it one more after six in a row that left room, up to the number of cores", () => {
    const one = firstJobs(2);
    expect(after(one, ...times(5, passed(0.7, 1))).now).toBe(1);
    expect(after(one, ...times(6, passed(0.7, 1))).now).toBe(2);
    expect(after(one, ...times(6, passed(0.7, 1)), ...times(20, passed(0.9, 2))).now).toBe(2);
  });

  it("keeps it where one more would fill the processor", () => {
    expect(after(firstJobs(2), ...times(20, passed(0.55, 1))).now).toBe(1);
    expect(after(firstJobs(8), ...times(20, passed(0.3, 4))).now).toBe(4);
    expect(after(firstJobs(8), ...times(6, passed(0.45, 4))).now).toBe(5);
  });

  it("makes it one fewer for the rest when a busy machine kept a run from its verdict beside others", () => {
    const lowered = after(firstJobs(8), overloaded(4));
    expect(lowered).toEqual({ now: 3, most: 3, quiet: [] });
    expect(after(lowered, ...times(20, passed(0.9, 3))).now).toBe(3);
    // Those that were under way together are one sign.
    expect(after(firstJobs(8), overloaded(4), overloaded(4), overloaded(4)).now).toBe(3);
    expect(after(firstJobs(8), overloaded(4), overloaded(3), overloaded(2), overloaded(1)).now).toBe(1);
  });

  it("keeps it when a run had the machine to itself, or lacked something else", () => {
    expect(after(firstJobs(8), { ...overloaded(4), beside: 1 }).now).toBe(4);
    expect(after(firstJobs(8), { ...overloaded(4), cause: "auditFailed" }).now).toBe(4);
  });

  it("begins to count anew after a run without a verdict", () => {
    const broken = [...times(5, passed(0.7, 1)), { ...overloaded(1) }, ...times(5, passed(0.7, 1))];
    expect(after(firstJobs(2), ...broken).now).toBe(1);
  });
});
