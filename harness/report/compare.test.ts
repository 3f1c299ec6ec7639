import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Comparison, compare } from "../model/compare/comparison.ts";
import { sideOf } from "../model/compare/side-of.ts";
import { noisyRun } from "../model/compare/testing/noisy-run.ts";
import { phaseCode } from "../model/history.ts";
import type { StoredRun } from "../model/run.ts";
import { figureLine, metricLine } from "./compare-view.ts";
import { compareLines, compareMarkdown, renderComparison } from "./index.ts";
import { hostileTexts, withText } from "./testing/hostile.ts";
import { sampleRun } from "./testing/sample-run.ts";
import { rowsAfter, skeletonOf, textOf } from "./testing/skeleton.ts";

const passing = sampleRun({ verdict: "pass" });
/** Slower while the fault lasts, a check broken, less quick to recover, and the system another. */
const slow = (run: StoredRun): StoredRun => {
  const history = structuredClone(run.history!);
  for (let row = 0; row < history.count; row += 1) {
    if (history.phase[row] === phaseCode("faults")) history.endMs[row]! += 25;
  }
  return { ...run, history };
};
const worse: StoredRun = (() => {
  const failing = slow(sampleRun({ verdict: "fail" }));
  const checks = failing.record.checks.map((check) => ({ ...check, numbers: { stale: 23 } }));
  return { ...failing, record: { ...failing.record, checks } };
})();
const again = (run: StoredRun, count: number): readonly StoredRun[] =>
  Array.from({ length: count }, (_, index) => ({ ...run, record: { ...run.record, id: `${run.record.id}-${index}` } }));
const compared = (run: StoredRun, base = passing, count = 4): Comparison =>
  compare(sideOf(again(base, count)), sideOf(again(run, count)));
const comparison = compared(worse);
const few = compared(worse, passing, 1);
const lines = (of: Comparison, width = 160): readonly string[] => compareLines(of, { colour: false, width });

describe("a comparison on a terminal", () => {
  it("begins with what differs for sure, the verdicts first, and then what got worse", () => {
    const printed = lines(comparison);
    expect(printed.slice(0, 2)).toEqual([
      "✗ WORSE  cache-partition",
      expect.stringMatching(
        /^ {2}1 safety check broken that held before; \d+ worse, 0 better of 48 metrics, 4 runs against 4\.$/,
      ),
    ]);
    expect(printed[printed.indexOf("Verdicts that differ") + 1]).toMatch(
      /^ {2}✗ .*pass in 4 of 4 → fail in 4 of 4 +stale – → 23$/,
    );
    const p50 = printed.find((line) => line.includes("p50: all operations, faults"));
    expect(p50).toMatch(/^ {2}✗ .* \d+ ms → \d+ ms +\+2\d ms {2}\(\+\d\d to \+\d\d ms\) {2}p 0\.029$/);
    expect(printed.at(-2)).toMatch(/^No change found in \d+ verdicts?, \d+ metrics, \d+ figures\.$/);
  });

  it("says that nothing was found of runs beside themselves, in few lines", () => {
    const printed = lines(compared(passing));
    expect(printed.slice(0, 2)).toEqual([
      "✓ NO CHANGE FOUND  cache-partition",
      "  0 worse, 0 better of 48 metrics, 4 runs against 4.",
    ]);
    expect(printed.join("\n")).not.toMatch(/^(Worse|Better|Verdicts|Figures|Differs)/m);
    expect(printed.length).toBeLessThan(10);
  });

  it("says what got better", () => {
    const printed = lines(compared(passing, worse));
    expect(printed[0]).toMatch(/^✓ BETTER/);
    expect(printed.find((line) => line.includes("p50: all operations, faults"))).toMatch(/^ {2}✓ .*−2\d ms/);
  });

  it("of too few runs says so and what to run, and marks no metric", () => {
    const same = compared(slow(passing), passing, 1);
    const printed = compareLines(same, { colour: true, width: 120 });
    const [red, green] = ["\u001b[31m", "\u001b[32m"];
    for (const mark of ["✓", "✗", red, green]) expect(printed.join("\n")).not.toContain(mark);
    const text = lines(same).join("\n");
    expect(text).toMatch(/^\? CANNOT TELL {2}cache-partition\n {2}1 run against 1, too few for metrics\.$/m);
    expect(text).toMatch(/3 runs a side can show that something got worse, 4 that something got better\./);
    expect(text).toMatch(/^ {6}faultline run cache-partition --seed 5eed01 --repeat 3$/m);
    expect(text).toMatch(/^Differs, and may be chance/m);
    expect(text).toMatch(/^ {2}· p50: all operations, faults .*\+25 ms$/m);
    expect(text).not.toMatch(/\bp 0|95 %/);
  });

  it("a broken safety check is certain of one run too, and stays apart from the metrics", () => {
    const printed = lines(few);
    expect(printed[0]).toBe("✗ WORSE  cache-partition");
    expect(printed[1]).toBe("  1 safety check broken that held before; 1 run against 1, too few for metrics.");
    expect(printed.filter((line) => line.startsWith("  ✗ "))).toHaveLength(1);
    expect(printed.find((line) => line.startsWith("  ✗ "))).toMatch(/ pass → fail/);
  });

  it.each([60, 80, 100])("fits %i columns", (width) => {
    for (const of of [comparison, few, compared(passing, worse)]) {
      const narrow = lines(of, width);
      // A command is one line, to be copied; so is an id.
      const long = narrow.filter((line) => line.length > width && !/--repeat|20260304T050607Z/.test(line));
      expect(long).toEqual([]);
    }
  });
});

it("what is printed side by side adds up, line by line: base + difference = run", () => {
  const noise = { within: 0.8, between: 0.2, shape: "heavy", scope: "each" } as const;
  const side = (count: number, seed: number, latencyTimes: number) =>
    sideOf(
      Array.from({ length: count }, (_, index) => noisyRun(`${seed}-${index}`, seed + index, noise, { latencyTimes })),
    );
  const numberIn = (text: string): number => Number(/^[+−]?[\d.]+/.exec(text)?.[0].replace("−", "-"));
  const checked = [1, 3, 4, 5].flatMap((count) =>
    [0.01, 0.5, 1, 40].flatMap((times) => {
      const found = compare(side(count, 100, 1), side(count, 200, times));
      return [...found.metrics.map(metricLine), ...found.figures.map(figureLine)].filter(({ by }) => by !== "");
    }),
  );
  expect(checked.length).toBeGreaterThan(400);
  for (const { what, before, after, by } of checked) {
    const lastDigit = 10 ** -(/\.(\d+)/.exec(by)?.[1]?.length ?? 0);
    expect(Math.abs(numberIn(before) + numberIn(by) - numberIn(after)), what).toBeLessThanOrEqual(
      1.5 * lastDigit + 1e-9,
    );
  }
});

describe("a comparison as a page", () => {
  const page = renderComparison(comparison);

  it("carries the same rows as the terminal, and the rule", () => {
    const [, ...rows] = rowsAfter(page, 'id="worse"');
    const printed = lines(comparison);
    expect(rows.length).toBeGreaterThan(4);
    for (const [what = "", before = "", after = ""] of rows) {
      const name = what.replace("✗ worse: ", "");
      expect(printed.some((line) => line.includes(name) && line.includes(`${before} → ${after}`))).toBe(true);
    }
    expect(textOf(page)).toContain("at most 5 in 100 have any metric that is called so");
  });

  it("of too few runs is neither red nor green, and says what to run", () => {
    const unsure = renderComparison(compared(slow(passing), passing, 1));
    expect(unsure).toContain('<header class="banner inconclusive">');
    expect(unsure).not.toMatch(/✗|✓|banner (pass|fail)/);
    expect(textOf(unsure)).toContain("faultline run cache-partition --seed 5eed01 --repeat 3");
    expect(textOf(unsure)).toContain("So few runs cannot show it.");
  });

  it("asks for nothing, runs nothing, and allows its one style by its hash", () => {
    expect(page).not.toMatch(/<script|<link|<img|\sstyle=|\son[a-z]+=|\ssrc=|\shref=|@import|https?:/i);
    const [, css = ""] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
    expect(page).toContain(`sha256-${createHash("sha256").update(css).digest("base64")}`);
    const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
    expect(levels).toEqual([1, 2, 2, 2, 2, 2]);
  });
});

describe("a hostile text in every field of both sides", () => {
  const hostile = (text: string): Comparison => compared(withText(worse, text), withText(passing, text), 3);
  const expected = skeletonOf(renderComparison(hostile("x")));
  /** The marks that Markdown acts on, line by line; entities are text. */
  const shape = (markdown: string): string[] =>
    markdown.split("\n").map((line) => line.replace(/&#?\w+;/g, "").replace(/[^|#\n]+/g, "."));
  const expectedShape = shape(compareMarkdown(hostile("x")));
  const control = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

  it.each(hostileTexts)("%j", (text) => {
    const of = hostile(text);
    expect(skeletonOf(renderComparison(of))).toEqual(expected);
    const markdown = compareMarkdown(of);
    expect(shape(markdown)).toEqual(expectedShape);
    expect(markdown).not.toMatch(/<|[^\\]`/);
    const printed = lines(of, 100_000);
    expect(printed.filter((line) => control.test(line) || line.includes("\n"))).toEqual([]);
    expect(printed.length).toBe(lines(hostile("x"), 100_000).length);
  });
});
