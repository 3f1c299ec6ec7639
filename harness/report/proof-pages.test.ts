import { expect, it } from "vitest";
import type { Exploration } from "../model/explore/exploration.ts";
import { proofOfMutant, tallies, verdictOf } from "../model/prove/proof.ts";
import { renderExploration } from "./explore-page.ts";
import { renderProof } from "./prove-page.ts";
import { proofLines } from "./prove-terminal.ts";
import { hostileTexts } from "./testing/hostile.ts";
import { sampleCell, sampleExploration, sampleProof } from "./testing/sample-proof.ts";
import { skeletonOf, textOf } from "./testing/skeleton.ts";

const options = { colour: false, page: "reports/prove.html", replay: () => "npx faultline run" };

it("a proof says what was caught, what survived, and what could not be told", () => {
  const page = renderProof(sampleProof(), "prove");
  expect(page).toContain("1 of 3 bugs caught");
  for (const part of ["✓ caught", "✗ survived", "? untold", "cache-partition</a>: 1 of 1 (surely above 26.9 %)"])
    expect(page).toContain(part);
  expect(page).toContain("prove/20260101T000000Z-cache-partition-prove-1/report.html");
  const lines = proofLines(sampleProof(), options).join("\n");
  expect(lines).toContain("✓ fail          cache-partition 1 of 1 (surely above 26.9 %) by noStaleReads, 28.4 s");
  expect(lines).toContain(
    "FAIL  1 of 3 mutants caught; the correct system passed 3 of 4 runs; survived: pass; could not tell: inconclusive",
  );
  expect(lines).toContain("again: npx faultline run");
});

it("a proof says why the system as it is did not pass, in the run's own words", () => {
  const [first, ...others] = sampleProof().correct;
  const said = (tally: object) =>
    proofLines(
      { ...sampleProof(), correct: [{ ...first!, said: "It could not be told.", ...tally }, ...others] },
      options,
    );
  expect(said({ runs: 2, passed: 1, inconclusive: 1 })).toContain("    It could not be told.");
  expect(said({ runs: 2, passed: 2 }).join()).not.toContain("told.");
});

it("a canary that came to no verdict is not one that passed", () => {
  const [canary] = [sampleProof().canary!];
  const said = (tally: object): string => {
    const proof = { ...sampleProof(), canary: { ...canary, failed: 0, passed: 0, ...tally } };
    return `${proofLines(proof, options).join("\n")}\n${renderProof(proof, "prove")}`;
  };
  expect(said({ inconclusive: 1 })).toMatch(/\? canary came to no verdict.*came to no verdict<\/a>/s);
  expect(said({ inconclusive: 1 })).not.toContain("did not fail");
  expect(said({ passed: 1 })).toMatch(/✗ canary did not fail, and must.*did not fail/s);
  expect(said({ failed: 1 })).toMatch(/✓ canary failed as it must/);
});

it("a proof that ended early says so, how to go on, and what of it was not finished", () => {
  const { canary, correct, mutants } = sampleProof();
  const [caught] = mutants;
  const unfinished = [
    proofOfMutant({ name: "begun" }, [sampleCell("begun", "calm", "pass")], true),
    proofOfMutant({ name: "later" }, [], true),
  ];
  const incomplete = { reason: "interrupted by SIGINT", remedy: "Give the same command again.", done: 5, of: 9 };
  const parts = { canary, correct: correct.slice(0, 1), mutants: [caught!, ...unfinished], incomplete };
  const proof = { ...sampleProof(), ...parts, ...verdictOf(parts) };
  const [lines, page] = [proofLines(proof, options).join("\n"), renderProof(proof, "prove")];
  for (const text of [lines, page]) {
    expect(text).toContain("incomplete, 5 of at most 9 runs made: interrupted by SIGINT; 1 of 3 mutants caught");
    expect(text).toContain("Give the same command again.");
    expect(text).not.toContain("survived:");
  }
  expect(lines).toContain("INCONCLUSIVE");
  expect(lines).toMatch(/\? begun +not finished: 1 run did not catch it\n +\? later +not run/);
  expect(page).toContain("? not finished");
});

it("a proof says which runs were made again, and which were shared", () => {
  const again = tallies([{ ...sampleCell(null, "calm", "pass"), repeated: 2 }]);
  const shared = proofOfMutant({ name: "m" }, [{ ...sampleCell("m", "calm", "pass"), shared: ["m", "n"] }]);
  const scenarios = [{ id: "calm", name: "nothing breaks" }];
  const proof = { ...sampleProof(), correct: again, mutants: [shared], scenarios };
  expect(proofLines(proof, options).join("\n")).toContain("calm: 1 of 1 run passed, after 2 runs without a verdict");
  expect(textOf(renderProof(proof, "prove"))).toMatch(/after 2 runs without a verdict/);
  expect(renderProof(proof, "prove")).toContain("<b>– 0/1 ∥</b>");
  expect(renderProof({ ...proof, mutants: [] }, "prove")).not.toContain("∥</b>");
});

it("an exploration says what was found, how surely, and what was tried", () => {
  const page = renderExploration(sampleExploration(), "explore");
  for (const part of [
    "1 failure found",
    "3 of 3 runs failed, surely above 52.5 %",
    "0 of 3 runs failed, surely below 47.5 %",
    "Not tried: 1",
    "2 of 3 schedules judged",
    "1 schedule: the host was overloaded. Free it.",
    'href="explore/20260101T000000Z-1-2-1-1/report.html"',
  ])
    expect(page).toContain(part);
});

it("an exploration found nothing only in what was judged", () => {
  const headOf = (change: Partial<Exploration>): string => {
    const page = renderExploration({ ...sampleExploration(), reproducers: [], ...change }, "explore");
    return textOf(/<header.*<\/h1>/s.exec(page)![0]) + /banner (\w+)/.exec(page)![1];
  };
  expect(headOf({ schedules: 5, judged: 5 })).toMatch(/✓ Nothing found\s*pass$/);
  expect(headOf({ schedules: 5, judged: 3 })).toMatch(/✓ Nothing found in 3 of 5 schedules\s*pass$/);
  expect(headOf({ schedules: 5, judged: 0 })).toMatch(/\? None of 5 schedules could be judged\s*inconclusive$/);
  // As an earlier version wrote it.
  const { schedules: _, judged: __, undecided: ___, reasons: ____, ...old } = sampleExploration();
  const page = renderExploration({ ...old, reproducers: [], runs: 5, inconclusive: 5 }, "explore");
  expect(page).toContain("None of 5 schedules could be judged");
});

it.each([
  ["a proof", (text: string) => renderProof(sampleProof(text), "prove")],
  [
    "a proof that ended early",
    (text: string) =>
      renderProof({ ...sampleProof(), incomplete: { reason: text, remedy: text, done: 1, of: 2 } }, "prove"),
  ],
  ["an exploration", (text: string) => renderExploration(sampleExploration(text), "explore")],
])("no text of %s becomes anything but text", (_name, render) => {
  const expected = skeletonOf(render("x"));
  for (const text of hostileTexts) expect(skeletonOf(render(text))).toEqual(expected);
});
