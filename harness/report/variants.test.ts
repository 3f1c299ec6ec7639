import { describe, expect, it } from "vitest";
import { compareVariants, type VariantsCompared } from "../model/compare/variants.ts";
import type { StoredRun } from "../model/run.ts";
import { renderVariants, variantsLines } from "./index.ts";
import { hostileTexts, withText } from "./testing/hostile.ts";
import { sampleRun } from "./testing/sample-run.ts";
import { sampleVariants } from "./testing/sample-variants.ts";
import { skeletonOf, textOf } from "./testing/skeleton.ts";

const runs = sampleVariants();
const compared = compareVariants(runs)!;
const lines = (of: VariantsCompared = compared): readonly string[] =>
  variantsLines(of, { colour: false, page: "reports/variants-x.html" });

describe("variants beside each other", () => {
  it("are held against the first, and only what differs is told", () => {
    expect(compared.variants.map(({ name, comparison }) => [name, comparison === null])).toEqual([
      ["slow", true],
      ["even", false],
      ["quick", false],
    ]);
    const p50 = lines().find((line) => line.includes("p50: all operations, faults"));
    expect(p50).toMatch(/faults +5\d ms +0 ms +✓ −(38|39|40) ms$/);
    expect(lines().some((line) => line.includes("p50: all operations, steady"))).toBe(false);
    expect(lines().find((line) => line.startsWith("  verdict"))).toMatch(/✓ pass +✓ pass +✗ fail/);
    // What two of the checks saw differs, and is told of each variant.
    expect(lines().filter((line) => /^ {4}[✓✗?] (slow|even|quick) /.test(line))).toHaveLength(6);
    expect(lines().join("\n")).not.toContain("other systems");
  });

  it("are a page that says of each what it gains and loses, and leads to their reports", () => {
    const page = renderVariants(compared);
    expect(textOf(page)).toMatch(/quick\s*p50: all operations, faults −\d\d ms \(−\d\d to −[\d.]+ ms\)/);
    expect(textOf(page)).toMatch(/even\s*–\s*–/);
    for (const { runs: own } of compared.variants) expect(page).toContain(`${own[0]}/report.html`);
  });

  it("of one run each are shown side by side, without a mark, and say what it takes", () => {
    const once = compareVariants(sampleVariants(1))!;
    const told = lines(once);
    const numbers = told.slice(
      told.findIndex((line) => line.includes("Where they differ")) + 1,
      told.findIndex((line) => line.includes("What the checks saw")),
    );
    expect(numbers.find((line) => line.includes("p50: all operations, faults"))).toMatch(/5\d ms .*−(38|39|40) ms$/);
    expect(numbers.join("\n")).not.toMatch(/[✓✗]/);
    expect(told.join("\n")).toMatch(/\? 1 run against 1 cannot tell a change from chance/);
    expect(told.join("\n")).toMatch(/faultline run cache-partition --seed 5eed01 --repeat 3$/m);
    const text = textOf(renderVariants(once));
    expect(text).toMatch(/quick\s*–\s*–/);
    expect(text).toContain("3 runs a side can show");
  });

  it("need two: of one there is nothing to compare", () => {
    expect(compareVariants(sampleVariants(1).slice(0, 1))).toBeUndefined();
    expect(compareVariants([sampleRun({ verdict: "pass" })])).toBeUndefined();
  });

  it("no text of theirs becomes anything but text", () => {
    const hostile = (text: string): VariantsCompared =>
      compareVariants(runs.map((run, place) => withVariant(withText(run, text), `${place}${text}`)))!;
    const expected = skeletonOf(renderVariants(hostile("x")));
    const control = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
    for (const text of hostileTexts) {
      expect(skeletonOf(renderVariants(hostile(text)))).toEqual(expected);
      expect(lines(hostile(text)).filter((line) => control.test(line) || line.includes("\n"))).toEqual([]);
    }
  });
});

const withVariant = (run: StoredRun, variant: string): StoredRun => ({
  ...run,
  record: { ...run.record, scenario: { ...run.record.scenario, variant } },
});
