import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Comparison, compare } from "../model/compare/comparison.ts";
import { sideOf } from "../model/compare/side-of.ts";
import { phaseCode } from "../model/history.ts";
import type { StoredRun } from "../model/run.ts";
import { compareLines, compareMarkdown, renderComparison } from "./index.ts";
import { hostileTexts, withText } from "./testing/hostile.ts";
import { sampleRun } from "./testing/sample-run.ts";
import { rowsAfter, skeletonOf, textOf } from "./testing/skeleton.ts";

const passing = sampleRun({ verdict: "pass" });
/** Slower while the fault lasts, a check broken, less quick to recover, and the system another. */
const worse: StoredRun = (() => {
  const failing = sampleRun({ verdict: "fail" });
  const history = structuredClone(failing.history!);
  for (let row = 0; row < history.count; row += 1) {
    if (history.phase[row] === phaseCode("faults")) history.endMs[row]! += 25;
  }
  const checks = failing.record.checks.map((check) => ({ ...check, numbers: { stale: 23 } }));
  return { ...failing, history, record: { ...failing.record, checks } };
})();
const compared = (run: StoredRun, base = passing): Comparison => {
  const side = sideOf([base]);
  return compare(side, sideOf([run], side));
};
const comparison = compared(worse);
const lines = (of: Comparison, width = 160): readonly string[] => compareLines(of, { colour: false, width });

describe("a comparison on a terminal", () => {
  it("begins with what got worse, the verdict first, and then what is sure of the latencies", () => {
    const told = lines(comparison);
    expect(told[0]).toMatch(/^✗ WORSE {2}cache-partition: \d+ worse, 0 better$/);
    expect(told[told.indexOf("Worse") + 1]).toMatch(/^ {2}✗ the run +pass → fail$/);
    const p50 = told.find((line) => line.includes("p50: all operations, faults"));
    expect(p50).toMatch(/\d ms → \d+ ms +\+2[45] ms \(\+\d\d to \+\d\d ms\) +p (0\.00\d+|< 0\.001), 24 pairs$/);
    expect(told.join("\n")).toMatch(
      /! The two sides have other systems: storefront and storefront \(mutant lost-del\)\./,
    );
    expect(told.at(-2)).toMatch(/^Unchanged: \d+ verdicts?, \d+ metrics, \d+ figures\.$/);
  });

  it("says no change of a run beside itself, in few lines", () => {
    const told = lines(compared(passing));
    expect(told[0]).toBe("✓ NO CHANGE  cache-partition: 0 worse, 0 better");
    expect(told.join("\n")).not.toMatch(/Worse|Better|Told/);
    expect(told.length).toBeLessThan(8);
  });

  it("says what got better", () => {
    const told = lines(compared(passing, worse));
    expect(told[0]).toMatch(/^✓ BETTER/);
    expect(told.find((line) => line.includes("p50: all operations, faults"))).toMatch(/✓ .*−2[45] ms/);
  });

  it("fits a narrow one where its words do", () => {
    const narrow = lines(comparison, 70).filter((line) => /^ {2}[✗✓·] |^ {6}/.test(line));
    expect(narrow.filter((line) => line.length > 80)).toEqual([]);
    expect(lines(comparison, 70).length).toBeGreaterThan(lines(comparison).length);
  });
});

describe("a comparison as a page", () => {
  const page = renderComparison(comparison);

  it("carries the same rows as the terminal, and the rule", () => {
    const [, ...rows] = rowsAfter(page, 'id="worse"');
    const told = lines(comparison);
    expect(rows.length).toBeGreaterThan(4);
    for (const [what = "", before = "", after = ""] of rows) {
      expect(told.some((line) => line.includes(what) && line.includes(`${before} → ${after}`))).toBe(true);
    }
    expect(textOf(page)).toContain("at most 0.05 after Holm's correction");
  });

  it("asks for nothing, runs nothing, and allows its one style by its hash", () => {
    expect(page).not.toMatch(/<script|<link|<img|\sstyle=|\son[a-z]+=|\ssrc=|\shref=|@import|https?:/i);
    const [, css = ""] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
    expect(page).toContain(`sha256-${createHash("sha256").update(css).digest("base64")}`);
    const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
    expect(levels).toEqual([1, 2, 2, 2, 2]);
  });
});

describe("a hostile text in every field of both sides", () => {
  const hostile = (text: string): Comparison => compared(withText(worse, text), withText(passing, text));
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
    const told = lines(of, 100_000);
    expect(told.filter((line) => control.test(line) || line.includes("\n"))).toEqual([]);
    expect(told.length).toBe(lines(hostile("x"), 100_000).length);
  });
});
