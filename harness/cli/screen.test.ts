import { createColors } from "picocolors";
import { afterEach, expect, test, vi } from "vitest";
import { Histogram } from "../model/measure/histogram.ts";
import type { Plan } from "../model/plan.ts";
import { openOutput } from "./output.ts";
import { ScreenKeeper, screenLines } from "./screen.ts";

const plan = {
  phases: [
    { phase: "warmUp", lengthMs: 2000 },
    { phase: "steady", lengthMs: 4000 },
    { phase: "faults", lengthMs: 6000 },
    { phase: "recovery", lengthMs: 3000 },
  ],
  workloads: [{ name: "people", perSecond: 100, slo: { availability: 0.99, withinMs: 300 } }],
  schedule: [{ id: "i1", atMs: 1000, lastingMs: 3000, title: "kill db" }],
} as unknown as Plan;
const checks = ["no lost writes", "recovers within 3 s"];
/** How a load stands: outcomes until now, and how long in ms those took that were ok since the last time. */
function load(counts: readonly number[], ...tookMs: readonly number[]) {
  const recentOk = new Histogram();
  for (const ms of tookMs) recentOk.record(ms);
  return { counts, recentOk };
}
const plainColours = createColors(false);
const linesAt = (keeper: ScreenKeeper, nowMs: number, width = 100) =>
  screenLines(keeper.look(nowMs), width, plainColours);

test("tells what is over and under way, how far the load is, where faults lie, and which act", () => {
  const keeper = new ScreenKeeper(plan, checks);
  keeper.observe({ atMs: 0, type: "phase", phase: "provision" });
  expect(linesAt(keeper, 500)[1]).toBe("▶ up  · warm-up  · steady  · faults  · recovery  · rest  · audit");
  expect(linesAt(keeper, 500)[2]).toMatch(/^00:00\/00:15 ░{14}▒{6}░{10}$/);
  keeper.observe({ atMs: 1000, type: "phase", phase: "warmUp" });
  keeper.observe({ atMs: 3000, type: "phase", phase: "steady" });
  keeper.observe({ atMs: 7000, type: "phase", phase: "faults" });
  keeper.observe({ atMs: 8000, type: "inject", injection: "i1", title: "kill db" });
  expect(linesAt(keeper, 8100)[2]).toMatch(/kill db 00:07→00:10, not proven yet$/);
  keeper.observe({ atMs: 8050, type: "proven", injection: "i1", on: "db", tookMs: 49.6 });
  const [, phases, clock] = linesAt(keeper, 10_000);
  expect(phases).toBe("✓ up  ✓ warm-up  ✓ steady  ▶ faults  · recovery  · rest  · audit");
  expect(clock).toMatch(/^00:09\/00:15 █{14}▓{4}▒{2}░{10} {2}kill db 00:07→00:10, proven in 50 ms$/);
  keeper.observe({ atMs: 11_000, type: "heal", injection: "i1", title: "kill db" });
  expect(linesAt(keeper, 11_000)[2]).not.toContain("kill db");
});

test("counts by second, and a line of what was not ok as soon as something was not", () => {
  const keeper = new ScreenKeeper(plan, checks);
  keeper.observe({ atMs: 0, type: "phase", phase: "warmUp" });
  keeper.count(load([0, 0, 0, 0, 0, 0]));
  keeper.look(0);
  keeper.count(load([100, 0, 0, 0, 0, 0]));
  expect(linesAt(keeper, 1000)[3]).toBe("100/s ok █   ok 100");
  keeper.count(load([150, 0, 0, 25, 0, 0]));
  expect(linesAt(keeper, 2000)[3]).toBe("50/s ok █▅  not ok ▁▃   ok 150  failed 25");
});

test("tells how long the last second's took, and whether that second kept the promise", () => {
  const keeper = new ScreenKeeper(plan, checks);
  keeper.observe({ atMs: 0, type: "phase", phase: "warmUp" });
  expect(linesAt(keeper, 0)[4]).toBe("p50 –  p99 –    SLO 99 % in 300 ms");
  keeper.count(load([2], 10, 20));
  keeper.count(load([3], 100));
  expect(linesAt(keeper, 1000)[4]).toBe("p50 20 ms  p99 100 ms █   SLO 99 % in 300 ms this second ✓");
  // A second in which nothing was answered has no latency, and must not show the one before it.
  expect(linesAt(keeper, 2000)[4]).toBe("p50 –  p99 – █    SLO 99 % in 300 ms");
  keeper.count(load([4], 400));
  expect(linesAt(keeper, 3000)[4]).toBe("p50 400 ms  p99 400 ms ▃ █   SLO 99 % in 300 ms this second ✗");
});

test("no answer that was not ok keeps a promise, however fast it was", () => {
  const keeper = new ScreenKeeper(plan, checks);
  keeper.observe({ atMs: 0, type: "phase", phase: "warmUp" });
  keeper.look(0);
  const fast = (count: number): number[] => Array.from({ length: count }, () => 5);
  keeper.count(load([99, 0, 0, 1, 0, 0], ...fast(99)));
  expect(linesAt(keeper, 1000)[4]).toMatch(/this second ✓$/);
  keeper.count(load([197, 0, 0, 3, 0, 0], ...fast(98)));
  expect(linesAt(keeper, 2000)[4]).toMatch(/p99 5 ms .*this second ✗$/);
  keeper.count(load([197, 0, 0, 103, 0, 0]));
  expect(linesAt(keeper, 3000)[4]).toMatch(/this second ✗$/);
});

test("names the checks, and does not guess what they will say", () => {
  const lines = linesAt(new ScreenKeeper(plan, checks), 0);
  expect(lines[5]).toBe("checks, judged at the end: no lost writes · recovers within 3 s");
  expect(linesAt(new ScreenKeeper(plan, []), 0).join("\n")).not.toContain("checks");
});

test("no line is wider than the terminal, and no text of a system acts on it", () => {
  const keeper = new ScreenKeeper(plan, checks);
  keeper.observe({ atMs: 0, type: "inject", injection: "i1", title: `kill\u001b[2J\n${"x".repeat(300)}` });
  for (const width of [1, 20, 80]) {
    for (const line of linesAt(keeper, 1000, width)) {
      expect(line.length).toBeLessThan(Math.max(1, width));
      for (const acting of ["\u001b", "\n"]) expect(line).not.toContain(acting);
    }
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test("what is said stands above what is pinned, which is drawn in one write and leaves nothing behind", () => {
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const { isTTY } = process.stderr;
  process.stderr.isTTY = true;
  vi.stubEnv("CI", undefined);
  vi.stubEnv("TERM", "xterm");
  const output = openOutput({ colour: false });
  output.pin(["one", "two"]);
  output.say("said");
  output.pin([]);
  expect(written.mock.calls.map(([text]) => text)).toEqual([
    "one\ntwo\n",
    "\u001b[2A\u001b[Jsaid\none\ntwo\n",
    "\u001b[2A\u001b[J",
  ]);
  written.mockClear();
  // Made narrower, a terminal breaks what stands there: 25 letters take three rows of ten, and an empty line one.
  const { columns } = process.stderr;
  process.stderr.columns = 100;
  output.pin(["", `\u001b[1m${"x".repeat(25)}\u001b[22m`, "y"]);
  process.stderr.columns = 10;
  output.pin([]);
  expect(written.mock.lastCall).toEqual(["\u001b[5A\u001b[J"]);
  process.stderr.columns = columns;
  written.mockClear();
  vi.stubEnv("CI", "true");
  openOutput({ colour: false }).pin(["one"]);
  expect(written).not.toHaveBeenCalled();
  process.stderr.isTTY = isTTY;
});

test("what is piped is plain, also when the words go to a terminal with colours, and the other way round", () => {
  const [toOut, toErr] = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockReturnValue(true),
  ) as [ReturnType<typeof vi.spyOn>, ReturnType<typeof vi.spyOn>];
  const before = [process.stdout.isTTY, process.stderr.isTTY];
  vi.stubEnv("CI", undefined);
  vi.stubEnv("NO_COLOR", undefined);
  vi.stubEnv("TERM", "xterm");
  const shown = (stdout: boolean, stderr: boolean) => {
    [process.stdout.isTTY, process.stderr.isTTY] = [stdout, stderr];
    const output = openOutput({});
    output.print(output.colours.bold("an answer"));
    output.say(output.colours.bold("a word"));
    return [toOut, toErr].map((one) => String(one.mock.lastCall?.[0]).includes("\u001b["));
  };
  expect(shown(true, true)).toEqual([true, true]);
  expect(shown(false, true)).toEqual([false, true]);
  expect(shown(false, false)).toEqual([false, false]);
  vi.stubEnv("NO_COLOR", "1");
  expect(shown(true, true)).toEqual([false, false]);
  [process.stdout.isTTY, process.stderr.isTTY] = before as [boolean, boolean];
});
