import { createColors } from "picocolors";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Histogram } from "../model/measure/histogram.ts";
import type { Plan } from "../model/plan.ts";
import type { Output } from "./output.ts";
import { openProgress } from "./progress.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const plan = {
  phases: [{ phase: "steady", lengthMs: 4000 }],
  workloads: [],
  schedule: [],
} as unknown as Plan;

/** An output that keeps what it was told, above the screen and on it. */
function listening(isLive: boolean) {
  const [said, pinned]: [string[], (readonly string[])[]] = [[], []];
  const output: Output = {
    json: () => undefined,
    print: () => undefined,
    say: (...lines) => void said.push(...lines),
    pin: (lines) => void pinned.push(lines),
    call: () => undefined,
    isQuiet: false,
    isLive,
    colours: createColors(false),
    width: 100,
  };
  return { output, said, pinned };
}

test("where nothing can be drawn, one line for each change, and a sign of life every 15 s", () => {
  const { output, said, pinned } = listening(false);
  const progress = openProgress(plan, output);
  progress.observe({ atMs: 1000, type: "phase", phase: "steady" });
  progress.observe({ atMs: 1200, type: "inject", injection: "i1", title: "kill db" });
  progress.observe({ atMs: 1250, type: "proven", injection: "i1", on: "db", tookMs: 49.6 });
  progress.observe({ atMs: 1300, type: "health", instance: "db", health: "ready" });
  expect(said).toEqual(["  1.000 s  steady 4 s", "  1.200 s  ▼ kill db", "  1.250 s    proven on db in 50 ms"]);
  progress.count({ counts: [1612, 0, 0, 7], recentOk: new Histogram() });
  vi.advanceTimersByTime(14_999);
  expect(said).toHaveLength(3);
  vi.advanceTimersByTime(1);
  expect(said.at(-1)).toBe(" 16.250 s  … ok 1,612  failed 7");
  vi.advanceTimersByTime(30_000);
  expect(said).toHaveLength(6);
  progress.end();
  vi.advanceTimersByTime(60_000);
  expect(said).toHaveLength(6);
  expect(pinned.flat()).toEqual([]);
});

test("on a terminal it is drawn four times a second and no oftener, and nothing while somebody else has it", async () => {
  const { output, said, pinned } = listening(true);
  const progress = openProgress(plan, output);
  for (let index = 0; index < 100; index += 1) progress.count({ counts: [index], recentOk: new Histogram() });
  vi.advanceTimersByTime(1000);
  expect(pinned).toHaveLength(4);
  await progress.pausing(async () => {
    expect(pinned.at(-1)).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(pinned).toHaveLength(5);
  });
  vi.advanceTimersByTime(250);
  expect(pinned).toHaveLength(6);
  progress.end();
  expect(pinned.at(-1)).toEqual([]);
  expect(said).toEqual([]);
});

test("what ends after the run was stopped is its own doing, and no news", () => {
  const { output, said } = listening(false);
  const progress = openProgress(plan, output);
  const exit = { type: "exited", instance: "api-1", pid: 7, how: "exit 1", expected: false } as const;
  progress.observe({ ...exit, atMs: 1000 });
  progress.observe({ atMs: 2000, type: "interrupted", by: "SIGINT" });
  progress.observe({ ...exit, atMs: 3000 });
  progress.end();
  expect(said.filter((line) => line.includes("ended by itself"))).toHaveLength(1);
  expect(said.join("\n")).toContain("! interrupted by SIGINT");
});
