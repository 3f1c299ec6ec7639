import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Interrupted } from "../model/errors.ts";
import { firstJobs } from "../model/prove/jobs.ts";
import type { Cell } from "../model/prove/proof.ts";
import type { Wanted } from "./prove-cell.ts";
import { ProofRunner, type RunnerOptions } from "./prove-runner.ts";
import { ProofSchedule, type Queue } from "./prove-schedule.ts";
import { temporaryFolder } from "./testing/faultline.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const wanted = (mutant: string | null, scenario: string): Wanted => ({
  mutant,
  scenario,
  seed: "1",
  fingerprint: "f",
  path: "",
  lengthMs: 1,
  isControl: false,
});
const cellOf = ({ mutant, scenario, seed, fingerprint }: Wanted, verdict: Cell["verdict"] = "pass"): Cell => ({
  mutant,
  scenario,
  seed,
  fingerprint,
  verdict,
  checks: [],
  tookMs: 1,
  run: `${mutant}-${scenario}`,
});

/** Runs all of it. @param answer what a run comes to, or what it throws */
async function run(
  queues: { readonly correct?: readonly Queue[]; readonly mutants?: readonly Queue[] },
  answer: (wanted: Wanted, signal: AbortSignal) => Promise<Cell["verdict"]>,
  options: Partial<RunnerOptions> = {},
) {
  const schedule = new ProofSchedule(
    { canary: [], correct: [], mutants: [], ...queues },
    { known: [], untilDecided: false },
  );
  const kept: string[] = [];
  const ended = await new ProofRunner({
    schedule,
    make: async (cells, signal) => {
      const verdict = await answer(cells[0]!, signal);
      return cells.map((cell) => {
        mkdirSync(join(folder.path, cellOf(cell).run), { recursive: true });
        return cellOf(cell, verdict);
      });
    },
    into: folder.path,
    signal: new AbortController().signal,
    progress: { settled: () => undefined, jobs: () => undefined, end: () => undefined },
    jobs: { now: 2, most: 2, quiet: [] },
    isMeasured: false,
    keep: ({ mutant, scenario }) => kept.push(`${mutant} ${scenario}`),
    ...options,
  }).run();
  return { ended, kept, schedule };
}
const correct = ["a", "b", "c"].map((id): Queue => [[wanted(null, id)]]);

it("keeps each cell that was decided, and the folders of those that have something to show", async () => {
  const mutants: Queue[] = [[[wanted("m", "a")]]];
  const { ended, kept } = await run({ correct, mutants }, ({ mutant }) =>
    Promise.resolve(mutant === null ? "pass" : "fail"),
  );
  expect(ended).toBeUndefined();
  expect(kept).toEqual(["null a", "null b", "null c", "m a"]);
  expect(readdirSync(folder.path)).toEqual(["m-a"]);
});

it("believes a missed budget only of a run that was alone", async () => {
  let runs = 0;
  const missed = async (cells: readonly Wanted[]) => {
    runs += 1;
    await sleep(10);
    return cells.map((cell): Cell => ({ ...cellOf(cell, "fail"), brokeBudgetsOnly: true }));
  };
  const { schedule } = await run({ correct: correct.slice(0, 2) }, () => Promise.resolve("fail"), { make: missed });
  expect(runs).toBe(4);
  expect(schedule.done.map(({ scenario, verdict, repeated }) => [scenario, verdict, repeated])).toEqual([
    ["a", "fail", 1],
    ["b", "fail", 1],
  ]);
  const alone = await run({ correct: correct.slice(0, 1) }, () => Promise.resolve("fail"), { make: missed });
  expect(alone.schedule.done.map(({ verdict, repeated }) => [verdict, repeated])).toEqual([["fail", undefined]]);
  expect(runs).toBe(5);
});

it("believes a broken law beside others, too", async () => {
  const { schedule } = await run({ correct }, async () => {
    await sleep(10);
    return "fail";
  });
  expect(schedule.done.map(({ verdict, repeated }) => [verdict, repeated])).toEqual(
    Array.from({ length: 3 }, () => ["fail", undefined]),
  );
});

it("keeps nothing of a shared run that did not pass, but what each came to alone", async () => {
  const shared: Queue = [[wanted("m", "a"), wanted("n", "a")]];
  let runs = 0;
  const { kept } = await run(
    { mutants: [shared] },
    () => {
      runs += 1;
      return Promise.resolve(runs === 1 ? "inconclusive" : "fail");
    },
    { into: join(folder.path, "none") },
  );
  expect(runs).toBe(3);
  expect(kept).toEqual(["m a", "n a"]);
});

it("ends what is under way when a run breaks, begins nothing further, and says what broke", async () => {
  const broken = new Error("no verdict");
  let interrupted = 0;
  const { ended, kept, schedule } = await run({ correct }, async ({ scenario }, signal) => {
    if (scenario === "a") throw broken;
    await sleep(60_000, undefined, { signal }).catch(() => {
      interrupted += 1;
      throw signal.reason;
    });
    return "pass";
  });
  expect([ended, kept, interrupted]).toEqual([broken, [], 1]);
  expect(schedule.done).toEqual([]);
});

it("ends with what interrupted it when what was under way has ended, and keeps what was done", async () => {
  const controller = new AbortController();
  const reason = new Interrupted("SIGINT");
  let under = 0;
  const { ended, kept, schedule } = await run(
    { correct },
    async ({ scenario }, signal) => {
      if (scenario === "a") return "pass";
      under += 1;
      controller.abort(reason);
      await sleep(20);
      under -= 1;
      throw signal.reason;
    },
    { signal: controller.signal },
  );
  expect([ended, under]).toEqual([reason, 0]);
  expect(kept).toEqual(["null a"]);
  expect(schedule.done).toHaveLength(1);
});

it("has as many under way as it measures, from one on", async () => {
  const said: number[] = [];
  const progress = { settled: () => undefined, jobs: (count: number) => said.push(count), end: () => undefined };
  let [under, most] = [0, 0];
  await run(
    { correct },
    async () => {
      under += 1;
      most = Math.max(most, under);
      await sleep(20);
      under -= 1;
      return "inconclusive";
    },
    {
      jobs: firstJobs(2),
      isMeasured: true,
      progress: progress as unknown as RunnerOptions["progress"],
      into: join(folder.path, "none"),
    },
  );
  expect(most).toBe(1);
  expect(said[0]).toBe(1);
});
