import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { summaryLines } from "./index.ts";
import { hostileTexts, withText } from "./testing/hostile.ts";
import { sampleRun } from "./testing/sample-run.ts";

const failing = sampleRun({ verdict: "fail" });
const passing = sampleRun({ verdict: "pass" });
const options = { colour: false, reportPath: "reports/latest/report.html", width: 80 };
const control = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe("the summary", () => {
  it("says what broke, with the first evidence, where the report is and how to see it again", () => {
    const text = summaryLines(failing, options).join("\n");
    expect(text).toContain("✗ FAIL  the cache is cut off");
    expect(text).toContain("✗ no stale reads beyond 2 s: 23 of 2,184 reads");
    expect(text).toContain("✓ no lost writes: 0 of 371 inserts");
    expect(text.match(/\+\d\.\d{3} s GET/g)).toHaveLength(3);
    expect(text).toContain("and 5 more in the report");
    expect(text).toContain("report  reports/latest/report.html");
    expect(text).toContain("replay  MUTANT=lost-del faultline run cache-partition --seed 5eed01");
  });

  it("shows no evidence where nothing broke, and how the run passed", () => {
    const text = summaryLines(passing, options).join("\n");
    expect(text).toContain("✓ PASS (degraded as designed)");
    expect(text).not.toContain("evidence");
  });

  it("tells the reasons of an inconclusive run without checks", () => {
    const record = {
      ...passing.record,
      verdict: "inconclusive" as const,
      checks: [],
      reasons: ["the fault never acted"],
    };
    const text = summaryLines({ ...passing, record }, options).join("\n");
    expect(text).toContain("? INCONCLUSIVE");
    expect(text).toContain("no check was judged");
    expect(text).toContain("! the fault never acted");
  });

  const cause = {
    code: "hostOverloaded",
    text: "the host was overloaded (load 13)",
    remedy: "Free the host.",
  } as const;
  const { passed: _, ...undecided } = passing.record;
  const inconclusive = {
    ...undecided,
    verdict: "inconclusive" as const,
    sentence: `Inconclusive: ${cause.text}.`,
    cause,
    reasons: [cause.text, "no receipt"],
  };

  it("says what each check needs where one of the same cause needs something else than the run's", () => {
    const few = { code: "tooFewSamples", text: "a: 80 samples", remedy: "Raise the rate 3 times." } as const;
    const check = { ...passing.record.checks[0]!, verdict: "inconclusive", cause: few.code } as const;
    const checks = [
      { ...check, remedy: few.remedy },
      { ...check, title: "another", remedy: "Raise the rate 13 times." },
    ];
    const lines = summaryLines({ ...passing, record: { ...inconclusive, cause: few, checks } }, options);
    expect(lines.filter((line) => line.includes("→"))).toEqual([
      "  → Raise the rate 3 times.",
      "    → Raise the rate 13 times.",
    ]);
  });

  it("keeps a number and its unit on one line", () => {
    const sentence =
      "kill store for 1.8 s (planned: 1.5 s) became a failure: only 499 of 614 operations (81.3 %) were ok.";
    for (let width = 30; width < 100; width += 1) {
      const lines = summaryLines({ ...failing, record: { ...failing.record, sentence } }, { ...options, width });
      expect(lines.filter((line) => /^ *(?:%|s\b)/.test(line))).toEqual([]);
    }
  });

  it("says first why a run is inconclusive and what to do, and lists other reasons once", () => {
    const check = {
      ...passing.record.checks[0]!,
      verdict: "inconclusive",
      cause: "hostOverloaded",
      remedy: cause.remedy,
    } as const;
    const other = { ...check, title: "another", cause: "tooFewSamples", remedy: "Raise the rate to 40/s." } as const;
    const lines = summaryLines({ ...passing, record: { ...inconclusive, checks: [check, other] } }, options);
    expect(lines.slice(0, 4)).toEqual([
      expect.stringMatching(/^\? INCONCLUSIVE {2}the cache/),
      "  Inconclusive: the host was overloaded (load 13).",
      "  → Free the host.",
      "",
    ]);
    expect(lines.filter((line) => line.includes("overloaded"))).toHaveLength(1);
    expect(lines).toContain("  ! no receipt");
    expect(lines).toContain("    → Raise the rate to 40/s.");
    expect(lines.filter((line) => line.includes("Free the host."))).toHaveLength(1);
  });

  it("says that a run was interrupted, in nothing red but what it proved", () => {
    const record = { ...inconclusive, status: "interrupted" as const };
    const coloured = summaryLines({ ...passing, record }, { ...options, colour: true });
    expect(stripVTControlCharacters(coloured[0]!)).toMatch(/^\? INTERRUPTED {2}/);
    expect(coloured.join("")).not.toContain("\u001b[31m");
    const broken = { ...failing.record, status: "interrupted" as const };
    expect(summaryLines({ ...failing, record: broken }, options)[0]).toMatch(/^✗ FAIL \(interrupted\) {2}/);
  });

  it("has colour only when asked, and nothing but colour", () => {
    expect(summaryLines(failing, options).join("")).not.toContain("\u001b");
    const coloured = summaryLines(failing, { ...options, colour: true });
    expect(coloured.join("")).toContain("\u001b[31m");
    expect(coloured.map(stripVTControlCharacters)).toEqual(summaryLines(failing, options));
  });

  it.each(hostileTexts)("carries no control character of %j", (text) => {
    for (const line of summaryLines(withText(failing, text), { ...options, reportPath: text })) {
      expect(line).not.toMatch(control);
    }
  });

  it("carries no control character of anything, and no second line in a line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const lines = summaryLines(withText(failing, text), options);
        expect(lines.every((line) => !control.test(line))).toBe(true);
      }),
    );
  });

  it("stays in the width, but for what must be copied whole", () => {
    for (const width of [40, 60, 100]) {
      const lines = summaryLines(failing, { ...options, width });
      const told = lines.slice(
        1,
        lines.findIndex((line) => line.includes("report  ")),
      );
      expect(Math.max(...told.map((line) => line.length))).toBeLessThanOrEqual(width);
    }
  });
});
