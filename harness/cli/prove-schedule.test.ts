import { describe, expect, it } from "vitest";
import type { CauseCode } from "../model/cause.ts";
import type { Cell } from "../model/prove/proof.ts";
import type { Wanted } from "./prove-cell.ts";
import { ProofSchedule, type Queue, type Queues, type ScheduleOptions, type Shared } from "./prove-schedule.ts";

const wanted = (mutant: string | null, scenario: string, seed = "1"): Wanted => ({
  mutant,
  scenario,
  seed,
  fingerprint: "f",
  path: `${scenario}.ts`,
  lengthMs: 1000,
  isControl: scenario === "calm",
});
const correct = (scenario: string, seed?: string): Queue => [[wanted(null, scenario, seed)]];
const of = (mutant: string, ...scenarios: readonly string[]): Queue => scenarios.map((id) => [wanted(mutant, id)]);
const canary = correct("canary");

const cause = (code: CauseCode) => ({ code, text: `because of ${code}`, remedy: "Free the host." });
const cellOf = ({ mutant, scenario, seed, fingerprint }: Wanted, verdict: Cell["verdict"], code?: CauseCode): Cell => ({
  mutant,
  scenario,
  seed,
  fingerprint,
  verdict,
  checks: [],
  ...(code === undefined ? {} : { cause: cause(code) }),
  tookMs: 1,
  run: "r",
});

type Answer = Cell["verdict"] | CauseCode;
const isVerdict = (answer: Answer): answer is Cell["verdict"] => ["pass", "fail", "inconclusive"].includes(answer);

/** Makes one run after the other. @param answer what a run comes to, by its cells and how often they were run */
function play(
  queues: Partial<Queues>,
  answer: (name: string, time: number) => Answer,
  { jobs = 1, ...options }: Partial<ScheduleOptions> & { jobs?: number } = {},
) {
  const schedule = new ProofSchedule(
    { canary: [], correct: [], mutants: [], ...queues },
    { known: [], untilDecided: false, ...options },
  );
  const runs: string[] = [];
  const times = new Map<string, number>();
  for (;;) {
    const under: Shared[] = [];
    for (let next = schedule.next(jobs); next !== undefined; next = schedule.next(jobs)) under.push(next);
    if (under.length === 0) return { schedule, runs };
    for (const cells of under) {
      const [first] = cells as [Wanted];
      const name = `${cells.map(({ mutant }) => mutant ?? "correct").join("+")} ${first.scenario} ${first.seed}`;
      times.set(name, (times.get(name) ?? 0) + 1);
      runs.push(under.length === 1 ? name : `${name} beside`);
      const result = answer(name, times.get(name)!);
      const results = cells.map((cell) =>
        isVerdict(result) ? cellOf(cell, result) : cellOf(cell, "inconclusive", result),
      );
      schedule.settle(cells, results, under.length === 1);
    }
  }
}
const verdicts = (schedule: ProofSchedule): readonly string[] =>
  schedule.done.map(({ mutant, scenario, verdict, repeated = 0 }) => `${mutant} ${scenario} ${verdict} ${repeated}`);

it("runs the canary alone, then the correct system, and the mutants after it", () => {
  const queues = { canary: [canary], correct: [correct("a"), correct("b")], mutants: [of("m", "a")] };
  const { runs, schedule } = play(queues, () => "pass", { jobs: 3 });
  expect(runs).toEqual(["correct canary 1", "correct a 1 beside", "correct b 1 beside", "m a 1"]);
  expect(schedule.stopped).toBeUndefined();
});

describe("what came to no verdict", () => {
  it.each([
    ["the canary", { canary: [canary] }, "correct canary 1", "null canary pass 2"],
    ["the correct system", { correct: [correct("a")] }, "correct a 1", "null a pass 2"],
    ["a mutant", { mutants: [of("m", "a")] }, "m a 1", "m a pass 2"],
  ])("%s is run again alone, three times in all", (_who, queues, name, settled) => {
    const third = play(queues, (_, time) => (time < 3 ? "inconclusive" : "pass"), { jobs: 2 });
    expect(third.runs).toEqual([name, name, name]);
    expect(verdicts(third.schedule)).toEqual([settled]);
    const never = play(queues, () => "inconclusive");
    expect(never.runs).toHaveLength(3);
    expect(verdicts(never.schedule)).toEqual([settled.replace("pass", "inconclusive")]);
  });

  it("is run again when the others are done, with nothing beside it", () => {
    const queues = { correct: ["a", "b", "c"].map((id) => correct(id)) };
    const { runs } = play(queues, (name, time) => (name === "correct a 1" && time === 1 ? "inconclusive" : "pass"), {
      jobs: 2,
    });
    expect(runs).toEqual(["correct a 1 beside", "correct b 1 beside", "correct c 1", "correct a 1"]);
  });

  it("is run again by a later command, which leaves alone what came to a verdict", () => {
    const known = [cellOf(wanted(null, "a"), "inconclusive"), cellOf(wanted(null, "b"), "pass")];
    const taken: string[] = [];
    const { runs, schedule } = play({ correct: [correct("a"), correct("b")] }, () => "pass", {
      known,
      onKnown: ({ scenario }) => taken.push(scenario),
    });
    expect(runs).toEqual(["correct a 1"]);
    expect(taken).toEqual(["b"]);
    expect(schedule.done).toHaveLength(2);
    const changed = [cellOf({ ...wanted(null, "b"), fingerprint: "other" }, "pass")];
    expect(play({ correct: [correct("b")] }, () => "pass", { known: changed }).runs).toEqual(["correct b 1"]);
  });

  it("is tried with its other seeds first, where one verdict is enough", () => {
    const seeds: Queue = [[wanted(null, "a", "1")], [wanted(null, "a", "2")], [wanted(null, "a", "3")]];
    const blind = play({ correct: [seeds] }, () => "inconclusive", { untilDecided: true });
    expect(blind.runs).toEqual(["correct a 1", "correct a 2", "correct a 3"]);
    const second = play({ correct: [seeds] }, (name) => (name.endsWith("2") ? "pass" : "inconclusive"), {
      untilDecided: true,
    });
    expect(second.runs).toEqual(["correct a 1", "correct a 2"]);
  });
});

describe("until it is caught", () => {
  it("a mutant is left after the run that caught it, also when that is known from before", () => {
    const queues = { mutants: [of("m", "a", "b", "c")] };
    const caughtBy = (id: string) => (name: string) => (name === `m ${id} 1` ? "fail" : "pass");
    expect(play(queues, caughtBy("b"), { untilDecided: true }).runs).toEqual(["m a 1", "m b 1"]);
    expect(play(queues, caughtBy("b")).runs).toHaveLength(3);
    const known = [cellOf(wanted("m", "c"), "fail")];
    expect(play(queues, caughtBy("b"), { untilDecided: true, known }).runs).toEqual([]);
  });
});

describe("a run that mutants share", () => {
  const shared: Queue = [[wanted("m", "a"), wanted("n", "a")]];

  it("that passes decides for each of them", () => {
    const { runs, schedule } = play({ mutants: [shared] }, () => "pass");
    expect(runs).toEqual(["m+n a 1"]);
    expect(verdicts(schedule)).toEqual(["m a pass 0", "n a pass 0"]);
  });

  it.each(["fail", "inconclusive"] as const)("that comes to %s decides nothing: each is run alone", (verdict) => {
    const { runs, schedule } = play({ mutants: [shared] }, (name) =>
      name.includes("+") ? verdict : name[0] === "n" ? "fail" : "pass",
    );
    expect(runs).toEqual(["m+n a 1", "m a 1", "n a 1"]);
    expect(verdicts(schedule)).toEqual(["m a pass 0", "n a fail 0"]);
  });

  it("is without those that are known", () => {
    expect(play({ mutants: [shared] }, () => "pass", { known: [cellOf(wanted("m", "a"), "pass")] }).runs).toEqual([
      "n a 1",
    ]);
  });
});

describe("stops early, and says that this machine cannot tell", () => {
  const mutants = [of("m", "a")];
  const scenarios = ["a", "b", "c", "d", "e", "f"].map((id) => correct(id));

  it("when the canary has no verdict, run alone three times", () => {
    const { runs, schedule } = play({ canary: [canary], correct: [correct("a")], mutants }, () => "hostOverloaded");
    expect(runs).toEqual(Array(3).fill("correct canary 1"));
    expect(schedule.stopped).toEqual({
      reason:
        "this machine cannot tell: the canary canary came to no verdict, run alone; most often: because of hostOverloaded",
      remedy: "Free the host.",
    });
    expect(schedule.isUnfinished("m")).toBe(true);
  });

  it("when a control, which has no fault, has none, whatever the others have", () => {
    const answer = (name: string): Answer => (name.includes("calm") ? "steadyUnhealthy" : "pass");
    const { runs, schedule } = play({ correct: [correct("a"), correct("b"), correct("calm")], mutants }, answer);
    expect(schedule.stopped?.reason).toContain("calm, which has no fault, came to no verdict");
    expect(runs).not.toContain("m a 1");
  });

  it("when more than half of the correct system has none; not for one scenario of several", () => {
    const blind = (count: number) =>
      play({ correct: scenarios.slice(0, 3), mutants }, (name) =>
        "abc".indexOf(name[8]!) < count && name[0] === "c" ? "auditFailed" : "pass",
      );
    expect(blind(2).schedule.stopped?.reason).toContain("2 of 3 scenarios came to no verdict");
    expect(blind(1).schedule.stopped).toBeUndefined();
    expect(blind(1).runs).toContain("m a 1");
  });

  it("after four runs in a row that were alone, before the others are begun", () => {
    const { runs, schedule } = play({ correct: scenarios, mutants }, () => "hostOverloaded");
    expect(runs).toEqual(["a", "b", "c", "d"].map((id) => `correct ${id} 1`));
    expect(schedule.stopped?.reason).toContain("4 runs in a row came to no verdict, 4 of them alone");
  });

  it("when several at a time have none, only after some alone have none either", () => {
    const two = play({ correct: scenarios, mutants }, () => "hostOverloaded", { jobs: 2 });
    expect(two.runs.filter((name) => name.endsWith("beside"))).toHaveLength(4);
    expect(two.runs).toHaveLength(8);
    expect(two.schedule.stopped?.reason).toContain("8 runs in a row came to no verdict, 4 of them alone");
    const crowded = play({ correct: scenarios }, (_, time) => (time === 1 ? "hostOverloaded" : "pass"), { jobs: 2 });
    expect(crowded.schedule.stopped).toBeUndefined();
    expect(crowded.schedule.done.every(({ verdict }) => verdict === "pass")).toBe(true);
  });

  it("not because of mutants that leave no verdict by what they do", () => {
    const many = ["m", "n", "o", "p", "q"].map((name) => of(name, "a"));
    expect(play({ mutants: many }, () => "steadyUnhealthy").schedule.stopped).toBeUndefined();
    expect(play({ mutants: many }, () => "hostOverloaded").schedule.stopped).toBeDefined();
  });
});

it("what was under way or never begun leaves a mutant unfinished; what is caught needs no more", () => {
  const queues = { canary: [], correct: [], mutants: [of("m", "a", "b"), of("n", "a")] };
  const schedule = new ProofSchedule(queues, { known: [], untilDecided: true });
  const cells = schedule.next(1)!;
  expect([schedule.isUnfinished("m"), schedule.isUnfinished("n")]).toEqual([true, true]);
  schedule.settle(cells, [cellOf(cells[0]!, "fail")], true);
  expect([schedule.isUnfinished("m"), schedule.isUnfinished("n")]).toEqual([false, true]);
});
