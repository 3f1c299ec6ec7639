import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createColors } from "picocolors";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Undecided } from "../model/explore/exploration.ts";
import type { Injection } from "../model/fault.ts";
import type { RunRecord } from "../model/run.ts";
import { milliseconds } from "../model/units.ts";
import type { CheckResult } from "../model/verdict.ts";
import type { Train } from "../plan/explore.ts";
import { sampleRun } from "../report/testing/sample-run.ts";
import { explainCard, explorationLines, sharesOf, undecidedLines } from "./explore-words.ts";
import { Explorer, type ExplorerOptions } from "./explorer.ts";
import type { Output } from "./output.ts";
import type { Planned } from "./planned.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "explorer-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const sample = sampleRun({ verdict: "pass" }).record;
const output = { colours: createColors(false) } as Output;
const base = {
  id: "any",
  path: "/any.ts",
  scenario: { name: "any", phases: { recovery: 4000 } },
} as unknown as Planned;

/** Schedules of these faults, one after the other, by the names of their kinds. */
const trainsOf = (...all: readonly (readonly string[])[]): readonly Train[] =>
  all.map((kinds) => ({
    isOfPairs: false,
    injections: kinds.map((kind, index) => injectionOf(kind, 300 + index * 9000)),
  }));
const injectionOf = (kind: string, atMs: number): Injection => ({
  at: milliseconds(atMs),
  lasting: milliseconds(1000),
  inject: { kind, target: "web", parameters: {} },
});

type Answer = "pass" | "fail" | "overloaded" | "lost and unhealthy" | "slow and overloaded";
const broken = (name: string, guards: CheckResult["guards"]): CheckResult => ({
  ...sample.checks[0]!,
  name,
  guards,
  verdict: "fail",
});
const overloaded = { verdict: "inconclusive", reasons: ["the host was overloaded"] } as const;
const records: Readonly<Record<Answer, Partial<RunRecord>>> = {
  pass: { verdict: "pass" },
  fail: { verdict: "fail", checks: [broken("noLostWrites", "safety")] },
  overloaded,
  "lost and unhealthy": { ...overloaded, checks: [broken("noLostWrites", "safety")] },
  "slow and overloaded": { ...overloaded, checks: [broken("noLostWrites", "budget")] },
};

interface Explored {
  readonly explorer: Explorer;
  readonly exploration: ReturnType<Explorer["exploration"]>;
  readonly warnings: readonly [Undecided, boolean][];
  readonly cards: readonly string[];
  /** The kinds of each run, as `a b`. */
  readonly asked: readonly string[];
}

/** Explores these schedules. @param answer what a run of these kinds comes to, when it is made for the nth time */
async function explored(
  trains: readonly Train[],
  answer: (kinds: string, nth: number) => Answer,
  options: Partial<ExplorerOptions> = {},
): Promise<Explored> {
  const asked: string[] = [];
  const cards: string[] = [];
  const warnings: [Undecided, boolean][] = [];
  const explorer = new Explorer({
    base,
    seed: "1",
    folder,
    minutes: 10,
    schedules: 100,
    confirmations: 1,
    isFirstEnough: false,
    signal: new AbortController().signal,
    async run(file) {
      const { readFileSync } = await import("node:fs");
      const kinds = [...readFileSync(file, "utf8").matchAll(/"kind":"(\w+)"/g)].map(([, kind]) => kind!);
      asked.push(kinds.join(" "));
      const id = `run-${asked.length}`;
      mkdirSync(join(folder, id));
      const schedule = kinds.map((kind, index) => ({
        ...sample.plan.schedule[0]!,
        id: `i${index}`,
        kind,
        target: "web",
        title: kind,
      }));
      const nth = asked.filter((one) => one === kinds.join(" ")).length;
      const change = records[answer(kinds.join(" "), nth)];
      return { ...sample, reasons: [], checks: [], ...change, id, plan: { ...sample.plan, schedule } };
    },
    tell: (record) => cards.push(explainCard(record, "x", 0, output)),
    warn: (undecided, isEnd) => warnings.push([undecided, isEnd]),
    ...options,
  });
  await explorer.explore(trains);
  const exploration = explorer.exploration([], () => "");
  return { explorer, exploration, warnings, cards, asked };
}
const linesOf = ({ exploration }: Explored): string => explorationLines(exploration, "page", output).join("\n");

describe("an exploration whose schedules cannot be judged", () => {
  const five = trainsOf(["a"], ["b"], ["c"], ["d"], ["e"]);

  it("says so after the first, with the reason, and keeps its run", async () => {
    const { warnings, cards } = await explored(five, (kinds) => (kinds === "a" ? "overloaded" : "pass"));
    expect(warnings).toEqual([[{ reason: "the host was overloaded", schedules: 1, run: "run-1" }, false]]);
    expect(existsSync(join(folder, "run-1"))).toBe(true);
    expect(existsSync(join(folder, "1-1.ts"))).toBe(true);
    expect(existsSync(join(folder, "run-2"))).toBe(false);
    expect(cards[0]).toContain("the host was overloaded");
    const remedy = "Free it.";
    expect(undecidedLines({ ...warnings[0]![0], remedy }, false, "reports/explore", output)).toEqual([
      "! This schedule could not be judged, and what its faults do is unknown: the host was overloaded.",
      "  Free it.",
      "  its run is kept: reports/explore/run-1",
    ]);
  });

  it("ends after three, and has found nothing out", async () => {
    const all = await explored(five, () => "overloaded");
    expect(all.asked).toEqual(["a", "b", "c"]);
    expect(all.exploration).toMatchObject({ schedules: 3, judged: 0, undecided: 3, inconclusive: 3, reproducers: [] });
    expect(all.exploration.reasons).toEqual([{ reason: "the host was overloaded", schedules: 3, run: "run-1" }]);
    expect(all.warnings.map(([, isEnd]) => isEnd)).toEqual([false, true]);
    expect(linesOf(all)).toMatch(/INCONCLUSIVE {2}in \d+ ms: 3 runs; judged 0 of 3 schedules/);
    expect(linesOf(all)).toContain("3 inconclusive: the host was overloaded");
    expect(linesOf(all)).not.toContain("NOTHING FOUND");
  });

  it("goes on where some schedule was judged, and says of how many nothing is known", async () => {
    const all = await explored(five, (kinds) => (kinds === "a" ? "pass" : "overloaded"));
    expect(all.exploration).toMatchObject({ schedules: 5, judged: 1, undecided: 4 });
    expect(linesOf(all)).toMatch(/NOTHING FOUND in what was judged {2}in \d+ ms: 5 runs; judged 1 of 5 schedules/);
    expect(existsSync(join(folder, "run-5"))).toBe(false);
  });

  it("has the remedy of a run that says one", async () => {
    const record = {
      ...records.overloaded,
      cause: { code: "hostOverloaded", text: "no room", remedy: "Free it." } as const,
    };
    const { warnings } = await explored(trainsOf(["a"]), () => "overloaded", {
      run: async () => ({ ...sample, ...record, id: "run-1" }),
    });
    expect(warnings[0]![0]).toMatchObject({ reason: "no room", remedy: "Free it." });
  });

  it("found nothing where all were judged", async () => {
    const all = await explored(five, () => "pass");
    expect(linesOf(all)).toMatch(/NOTHING FOUND {2}in \d+ ms: 5 runs; judged 5 of 5 schedules/);
    expect(all.exploration).toMatchObject({ judged: 5, undecided: 0, reasons: [] });
    expect(all.warnings).toEqual([]);
  });
});

describe("a broken law in a run without a verdict", () => {
  it("is found when it guards safety", async () => {
    const { exploration, cards } = await explored(trainsOf(["a"]), (kinds) =>
      kinds === "a" ? "lost and unhealthy" : "pass",
    );
    expect(exploration).toMatchObject({ judged: 1, undecided: 0, inconclusive: 0 });
    expect(exploration.reproducers).toMatchObject([{ checks: [{ name: "noLostWrites" }] }]);
    expect(cards[0]).toContain("fail");
  });

  it("is not found when it is a budget: what took the verdict away may have missed it", async () => {
    const { exploration } = await explored(trainsOf(["a"]), () => "slow and overloaded");
    expect(exploration).toMatchObject({ judged: 0, undecided: 1, reproducers: [] });
  });
});

describe("what fails is made smaller", () => {
  const pair = (kinds: string): boolean => kinds.includes("a") && kinds.includes("b");

  it("and a part that cannot be judged is tried once more, and taken neither for failing nor for passing", async () => {
    const { exploration, asked } = await explored(trainsOf(["a", "b"]), (kinds) =>
      pair(kinds) ? "fail" : kinds === "b" ? "overloaded" : "pass",
    );
    expect(asked.filter((one) => one === "b")).toHaveLength(2);
    expect(exploration.reproducers).toMatchObject([{ isMinimal: false, undecidedParts: 1 }]);
    expect(explorationLines(exploration, "page", output).join("\n")).toContain(
      "(perhaps not the smallest: 1 part of it could not be judged)",
    );
  });

  it("and is the smallest when the second try comes to a verdict", async () => {
    const { exploration } = await explored(trainsOf(["a", "b"]), (kinds, nth) =>
      pair(kinds) ? "fail" : kinds === "b" && nth === 1 ? "overloaded" : "pass",
    );
    expect(exploration.reproducers[0]).toMatchObject({ isMinimal: true });
    expect(exploration.reproducers[0]).not.toHaveProperty("undecidedParts");
  });

  it("and a budget that was missed in a run without a verdict does not make its part the core", async () => {
    const { exploration } = await explored(trainsOf(["a", "b"]), (kinds) =>
      kinds === "a b" ? "fail" : kinds === "a" ? "slow and overloaded" : "pass",
    );
    expect(exploration.reproducers[0]!.schedule).toHaveLength(2);
  });
});

describe("what was found is confirmed", () => {
  it("by runs that came to a verdict; the others are counted apart", async () => {
    const { exploration } = await explored(
      trainsOf(["a"]),
      (kinds, nth) => (kinds === "a" ? (nth === 2 ? "overloaded" : "fail") : nth === 2 ? "overloaded" : "pass"),
      { confirmations: 3 },
    );
    const [found] = exploration.reproducers;
    expect(found!.with).toEqual({ failed: 2, runs: 2, undecided: 1 });
    expect(found!.without).toEqual({ failed: 0, runs: 2, undecided: 1 });
    expect(sharesOf(found!)).toMatch(/^fails in 2 of 2 with it .* in 0 of 2 without .*; 2 more could not be judged$/);
  });

  it("and a load that is never judged without faults is not said to pass", async () => {
    const { exploration } = await explored(trainsOf(["a"]), (kinds) => (kinds === "a" ? "fail" : "overloaded"));
    expect(exploration.reproducers[0]!.without).toEqual({ failed: 0, runs: 0 });
    expect(sharesOf(exploration.reproducers[0]!)).toContain("without it no run could be judged");
  });

  it("not when the load fails without any fault, whatever else was true of that run", async () => {
    const calm = explored(trainsOf(["a"]), (kinds) => (kinds === "a" ? "fail" : "lost and unhealthy"));
    await expect(calm).rejects.toMatchObject({ code: "FAILS_WITHOUT_FAULT" });
  });
});
