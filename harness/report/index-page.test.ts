import { expect, test } from "vitest";
import type { RunSummary } from "../model/run-summary.ts";
import { renderIndex } from "./index-page.ts";
import { summaryOfRun } from "./summary-of-run.ts";
import { hostileTexts } from "./testing/hostile.ts";
import { sampleRun } from "./testing/sample-run.ts";
import { rowsAfter, skeletonOf, textOf } from "./testing/skeleton.ts";

const [passing, failing] = (["pass", "fail"] as const).map((verdict) => summaryOfRun(sampleRun({ verdict })));
const at = (one: RunSummary | undefined, id: string, more: Partial<RunSummary> = {}): RunSummary => ({
  ...one!,
  id,
  startedAt: `2026-03-0${id}T00:00:00Z`,
  ...more,
});

test("a summary tells what its run tells", () => {
  const run = sampleRun({ verdict: "fail" });
  expect(failing).toMatchObject({
    id: run.record.id,
    verdict: "fail",
    scenario: run.record.scenario.id,
    sentence: run.record.sentence,
  });
  expect(failing?.targets).toEqual(expect.arrayContaining(["api", "cache", "api->cache", "clients->api"]));
  expect(failing?.coverage).toHaveLength(run.record.plan.operations.length);
  expect(new Set(failing?.coverage.map(({ target, kind }) => `${kind} ${target}`))).toEqual(
    new Set(["partition api->cache"]),
  );
  expect(failing?.coverage.map(({ word }) => word)).toContain("violated");
});

test("scenarios by runs, the newest first, each leading to its report", () => {
  const page = renderIndex([at(passing, "1"), at(failing, "2", { variant: undefined as never }), at(passing, "3")], 0);
  const chips = [...page.matchAll(/<a class="chip (\w+)" href="([^"]+)"/g)].map(([, verdict, href]) => [verdict, href]);
  expect(chips.filter(([verdict]) => verdict === "pass")).toEqual([
    ["pass", "3/report.html"],
    ["pass", "1/report.html"],
  ]);
  expect(chips).toContainEqual(["fail", "2/report.html"]);
});

test("counts scenarios as scenarios, and a mutant of a system as none", () => {
  const told = (runs: RunSummary[]) => textOf(/class="sentence">(.*?)<\/p>/.exec(renderIndex(runs, 0))?.[1] ?? "");
  expect(told([at(passing, "1"), at(passing, "2")])).toBe("2 runs of 1 scenario");
  expect(told([at(passing, "1"), at(failing, "2"), at(passing, "3", { scenario: "other" })])).toBe(
    "3 runs of 2 scenarios, also with 1 variant of the system",
  );
});

test("the newest run of each scenario says its verdict in words", () => {
  const page = renderIndex([at(passing, "1"), at(passing, "2"), at(failing, "3", { scenario: "other" })], 0);
  const chips = [...page.matchAll(/<a class="chip[^>]*>(.*?)<\/a>/g)].map(([, text = ""]) => textOf(text));
  expect(chips).toEqual(["✓ Passed", "✓", "✗ Failed"]);
});

test("a broken check that points to no operation is not lost between cells that held", () => {
  const run = sampleRun({ verdict: "fail" });
  const [check, ...rest] = run.record.checks.map((one) => ({ ...one, verdict: "pass" as const }));
  const shows = { ...check!, verdict: "fail" as const, title: "nothing <left> behind", witness: [] };
  const summary = summaryOfRun({ ...run, record: { ...run.record, checks: [shows, ...rest] } });
  expect(summary.unplaced).toEqual(["nothing <left> behind"]);
  expect(failing).not.toHaveProperty("unplaced");
  const { variant: _, ...correct } = at(summary, "1", { scenario: "a" });
  const [, said = ""] = /class="never broken">(.*?)<\/p>/.exec(renderIndex([correct], 0)) ?? [];
  expect(textOf(said)).toBe("✗ Broken, by no single operation: nothing <left> behind (a)");
  expect(renderIndex([at(passing, "1")], 0)).not.toContain("never broken");
});

test("of many runs of a scenario the newest are shown, and it says how many are not", () => {
  const runs = Array.from({ length: 33 }, (_, index) => at(passing, "1", { id: `run-${index}` }));
  const page = renderIndex(runs, 0);
  expect(page.match(/class="chip /g)).toHaveLength(20);
  expect(page).toContain("and 13 older");
});

test("the map has the worst of the newest runs of each scenario, and what nothing struck", () => {
  const word = (word: RunSummary["coverage"][number]["word"]) => ({
    target: "db",
    kind: "kill",
    operation: "buy",
    word,
  });
  const runs = [
    at(passing, "1", { scenario: "a", coverage: [word("violated")] }),
    at(passing, "2", { scenario: "a", coverage: [word("held")] }),
    at(passing, "3", { scenario: "b", coverage: [word("degraded")], targets: ["db", "cache", "api->db"] }),
    at(failing, "4", { scenario: "c", variant: "mutant x", coverage: [word("violated")] }),
  ];
  const page = renderIndex(runs, 0);
  expect(rowsAfter(page, "What was struck")[1]).toEqual(["db kill", "~ degraded"]);
  const [, never = ""] = /class="never">(.*?)<\/p>/.exec(page) ?? [];
  expect(textOf(never)).toMatch(/^Never struck: .*cache/);
  expect(textOf(never)).not.toMatch(/\bdb,/);
});

test("what any run struck was struck: an older one, one of a variant, and one of a folder with only these", () => {
  const targets = ["db", "cache", "queue", "worker"];
  const struck = (one: string, more: Partial<RunSummary>) =>
    at(passing, "1", { targets, struck: [one], coverage: [], ...more });
  const neverIn = (runs: RunSummary[]) => textOf(/class="never">(.*?)<\/p>/.exec(renderIndex(runs, 0))?.[1] ?? "");
  const older = struck("db", { scenario: "a" });
  const newer = struck("cache", { scenario: "a" });
  const variant = struck("queue", { scenario: "a", variant: "mutant x" });
  expect(neverIn([older, newer, variant])).toBe("Never struck: worker");
  expect(neverIn([variant])).toBe("Never struck: db, cache, worker");
  // As versions before told it: by what they covered.
  const { struck: _, ...old } = at(older, "1", {
    coverage: [{ target: "worker", kind: "kill", operation: "buy", word: "held" }],
  });
  expect(neverIn([old, newer, variant])).toBe("Never struck: db");
});

test("what was planned, but never injected, was not struck", () => {
  const run = sampleRun({ verdict: "pass" });
  expect(summaryOfRun(run).struck).toEqual(["api->cache"]);
  const isOfLoad = (type: string): boolean => type === "phase" || type === "started";
  expect(summaryOfRun({ ...run, events: run.events.filter(({ type }) => isOfLoad(type)) }).struck).toEqual([]);
});

test("what only an inconclusive run shows is marked in the map, as it proves nothing", () => {
  const cell = (word: RunSummary["coverage"][number]["word"], verdict: RunSummary["verdict"], scenario: string) =>
    at(passing, "1", { scenario, verdict, coverage: [{ target: "db", kind: "kill", operation: "buy", word }] });
  const shown = (...runs: RunSummary[]) => rowsAfter(renderIndex(runs, 0), "What was struck")[1]?.[1];
  expect(shown(cell("held", "inconclusive", "a"))).toBe("✓ held?");
  expect(shown(cell("held", "inconclusive", "a"), cell("held", "pass", "b"))).toBe("✓ held");
  expect(shown(cell("degraded", "inconclusive", "a"), cell("held", "pass", "b"))).toBe("~ degraded?");
  expect(renderIndex([cell("held", "inconclusive", "a")], 0)).toContain("which proves nothing");
  expect(renderIndex([cell("held", "pass", "a")], 0)).not.toContain("which proves nothing");
});

test("a run that never came back is not one that had nothing to recover from, nor one that cannot tell", () => {
  const recovery = (...all: Partial<RunSummary>[]) => {
    const page = renderIndex(
      all.map((more, index) => at(passing, String(index + 1), more)),
      0,
    );
    return /aria-label="back after the heal[^"]*"/.exec(page)?.[0] ?? rowsAfter(page, "Scenarios")[1]!.at(-1);
  };
  const [healed, lost, whole] = [
    { recovery: "back", recoveryMs: 1340 },
    { recovery: "not back", recoveryMs: null },
    { recovery: "not needed", recoveryMs: 0 },
  ] as const;
  expect(recovery(healed, lost, whole)).toContain("oldest first: 1.34 s, ✗ not back, none needed");
  expect(recovery({ recovery: "not known", recoveryMs: null })).toBe("cannot be told");
  const page = renderIndex([at(passing, "1", lost)], 0);
  expect(page).toMatch(/class="beyond".*<b>✗ not back<\/b>/s);
  expect(renderIndex([at(passing, "1", whole)], 0)).not.toContain('class="beyond"');
  // As versions before told it.
  const { recovery: _, ...old } = at(passing, "1", { recoveryMs: null });
  expect(rowsAfter(renderIndex([old], 0), "Scenarios")[1]?.at(-1)).toBe("cannot be told");
});

test("says what it could not read, and that there is nothing", () => {
  expect(renderIndex([], 0)).toContain("There is no run yet.");
  expect(renderIndex([at(passing, "1")], 2)).toMatch(/2 lines of history\.jsonl could not be read/);
});

test("no text of a run gets out of its element", () => {
  const hostile = (text: string): RunSummary[] => [
    at(failing, "1", {
      id: text,
      scenario: text,
      name: text,
      system: text,
      variant: text,
      seed: text,
      sentence: text,
    }),
    at(passing, "2", {
      scenario: text,
      system: text,
      targets: [text],
      unplaced: [text],
      coverage: [{ target: text, kind: text, operation: text, word: "held" }],
    }),
  ];
  const expected = skeletonOf(renderIndex(hostile("x"), 0));
  for (const text of [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onclick='x",
    "javascript:alert(1)",
    "</title><b>",
    "../../etc",
    ...hostileTexts,
  ]) {
    const page = renderIndex(hostile(text), 0);
    expect(skeletonOf(page)).toEqual(expected);
    for (const [, href = ""] of page.matchAll(/href="([^"]*)"/g))
      expect(textOf(href)).toMatch(/^[\w.~!*'()%-]+\/report\.html$/);
  }
});
