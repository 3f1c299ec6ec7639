import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Comparison } from "../model/compare/comparison.ts";
import type { Side } from "../model/compare/side.ts";
import { outcomes } from "../model/history.ts";
import { harms } from "../model/measure/harm.ts";
import { duration, multiple, percent, rate } from "../model/quantities.ts";
import type { RunRecord } from "../model/run.ts";
import type { RunSummary } from "../model/run-summary.ts";
import { jobSummary } from "../report/github.ts";
import { junit } from "../report/junit.ts";
import { rowsAfter, textOf } from "../report/testing/skeleton.ts";
import { readHistoryLines } from "../store/run-history.ts";
import { baseline, compare } from "./compare.ts";
import { exportRun } from "./export.ts";
import { indexReports } from "./index-reports.ts";
import type { Output } from "./output.ts";
import { report } from "./report.ts";
import { show } from "./show.ts";
import { type Recomputed, recompute } from "./testing/recomputed.ts";
import { type StoredCase, storedCases, storeRun } from "./testing/stored-runs.ts";

// One quantity has one value wherever it is shown: in the report's tiles and tables, on the terminal, in JSON, in what CI
// reads, in the history of runs and in a comparison; and it is the one that its exported operations give.

/** Everything that shows numbers of one run. */
interface Shown {
  readonly case: StoredCase;
  readonly folder: string;
  readonly page: string;
  readonly tiles: ReadonlyMap<string, string>;
  readonly figures: ReadonlyMap<string, string>;
  readonly terminal: string;
  readonly json: RunRecord;
  readonly junit: string;
  readonly job: string;
  readonly summary: RunSummary;
  readonly side: Side;
  readonly right: Recomputed;
}

let root: string;
let all: readonly Shown[];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "one-value-"));
  const folders = storedCases.map((made) => storeRun(root, made));
  indexReports(root, capturing().output);
  const summaries = new Map(readHistoryLines(root).runs.map((one) => [one.id, one]));
  const shown: Shown[] = [];
  for (const [index, folder] of folders.entries()) {
    shown.push(await shownOf(storedCases[index]!, folder, summaries.get(basename(folder))!));
  }
  all = shown;
}, 120_000);
afterAll(() => rmSync(root, { recursive: true }));

async function shownOf(made: StoredCase, folder: string, summary: RunSummary): Promise<Shown> {
  const [terminal, json, side] = [capturing(), capturing(), capturing()];
  await show(folder, {}, terminal.output);
  await show(folder, { json: true }, json.output);
  baseline([folder], {}, side.output);
  report([folder], capturing().output);
  const exported = join(root, `${made.name}.jsonl`);
  await exportRun(folder, { format: "jsonl", output: exported }, capturing().output);
  const page = readFileSync(join(folder, "report.html"), "utf8");
  const record = json.documents[0] as RunRecord;
  const tiles = page.matchAll(/<dt>(.*?)<\/dt><dd><b>(.*?)<\/b> <span>(.*?)<\/span>/g);
  return {
    case: made,
    folder,
    page,
    tiles: new Map([...tiles].map(([, label, value]) => [textOf(label!), textOf(value!)])),
    figures: new Map(
      rowsAfter(page, '<table class="figures"').map(([name = "", value = ""]) => [name, value] as const),
    ),
    terminal: terminal.text(),
    json: record,
    junit: junit([record]),
    job: jobSummary({ runs: [{ record, report: "report.html" }] }),
    summary,
    side: JSON.parse(side.text()) as Side,
    right: recompute(folder, readFileSync(exported, "utf8")),
  };
}

function capturing() {
  const [lines, documents]: [string[], unknown[]] = [[], []];
  const output = {
    json: (document: unknown) => documents.push(JSON.parse(JSON.stringify(document))),
    print: (...more: readonly string[]) => lines.push(...more),
    say: () => undefined,
    colours: { isColorSupported: false },
    width: 10_000,
  } as unknown as Output;
  return { output, documents, text: () => lines.join("\n") };
}

const checkOf = ({ json }: Shown, name: string) => json.checks.find((check) => check.name === name)!;
const figureOf = ({ side }: Shown, name: string) => side.figures.find((figure) => figure.name === name)?.value;
/** A baseline keeps four digits, and all before the point. */
const near = (value: number): number => Number(value < 1000 ? value.toPrecision(4) : value.toFixed(1));
const phases = ["steady", "faults", "recovery"] as const;

/** Histograms are exact within 0.1 %. */
function expectNear(value: number | null | undefined, right: number | undefined, what: string): void {
  if (right === undefined) expect(value ?? undefined, what).toBeUndefined();
  else expect(Math.abs((value ?? Number.NaN) - right), what).toBeLessThanOrEqual(right * 0.0011);
}
function expectShown(shown: string | undefined, right: number | undefined, what: string): void {
  const possible = right === undefined ? ["–"] : [0.999, 1, 1.001].map((factor) => duration(right * factor));
  expect(possible, what).toContain(shown);
}

describe("of twenty stored runs", () => {
  it("no two are alike, and all kinds of outcome, verdict and recovery are among them", () => {
    expect(all).toHaveLength(20);
    expect(new Set(all.map(({ json }) => json.verdict))).toEqual(new Set(["pass", "fail", "inconclusive"]));
    expect(new Set(all.map(({ summary }) => summary.recovery))).toEqual(
      new Set(["not needed", "back", "not back", "not known"]),
    );
    const seen = new Set(all.flatMap(({ right }) => phases.flatMap((phase) => Object.keys(right.count(phase)))));
    for (const outcome of ["ok", "wrong", "rejected", "failed", "unknown"]) expect(seen).toContain(outcome);
  });

  it("the table of operations counts as the export does, operation by operation, and so do tile, history and availability", () => {
    for (const one of all) {
      const [, ...body] = rowsAfter(one.page, '<table class="operations"');
      const names = [undefined, ...one.json.plan.operations.map(({ name }) => name)];
      for (const [index, operation] of names.entries()) {
        for (const [place, phase] of phases.entries()) {
          const what = `${one.case.name}: ${operation ?? "all"} in ${phase}`;
          const [, due, ok, ...rest] = body[index * (1 + phases.length) + 1 + place]!;
          const counts = one.right.count(phase, operation);
          const total = one.right.total(phase, operation);
          expect(due, what).toBe(total.toLocaleString("en"));
          expect(ok, what).toBe(total === 0 ? "–" : percent((counts["ok"] ?? 0) / total));
          expect(rest.slice(0, 5), what).toEqual(
            outcomes.slice(1).map((name) => (counts[name] ?? 0).toLocaleString("en")),
          );
          for (const [column, q, floor] of [
            [5, 0.5, 20],
            [6, 0.95, 200],
            [7, 0.99, 1000],
            [8, 1, 1],
          ] as const) {
            expectShown(rest[column], one.right.percentile(phase, q, floor, operation), what);
          }
        }
      }
      const judged = checkOf(one, "availability").numbers;
      const due = one.right.total("faults") + one.right.total("recovery");
      const answered = (one.right.count("faults")["ok"] ?? 0) + (one.right.count("recovery")["ok"] ?? 0);
      expect([judged["total"], judged["ok"]], one.case.name).toEqual([due, answered]);
      const faults = one.right.total("faults");
      const ok = one.right.count("faults")["ok"] ?? 0;
      expect(one.tiles.get("ok in the fault phase"), one.case.name).toBe(percent(ok / faults));
      const p95 = one.right.percentile("faults", 0.95, 200);
      if (p95 !== undefined) expectShown(one.tiles.get("p95 in the fault phase"), p95, one.case.name);
      expectNear(one.summary.p99Ms, one.right.percentile("faults", 0.99, 1000), one.case.name);
    }
  });

  it("the sentence, the terminal and the job's page count the operations that were not ok as the export does", () => {
    for (const one of all.filter(({ json }) => json.verdict === "pass")) {
      const due = one.right.total("faults") + one.right.total("recovery");
      const bad = due - (one.right.count("faults")["ok"] ?? 0) - (one.right.count("recovery")["ok"] ?? 0);
      const said =
        bad === 0
          ? `each of ${due.toLocaleString("en")} operations during and after it was ok`
          : `${bad} of ${due.toLocaleString("en")} operations during and after it`;
      for (const text of [one.json.sentence, one.terminal, one.summary.sentence]) expect(text).toContain(said);
      expect(textOf(one.page)).toContain(said);
    }
  });

  it("each check has one verdict and one finding on the terminal, in JSON, for CI, in a tile and in a baseline", () => {
    for (const one of all) {
      const of = (verdict: string) => one.json.checks.filter((check) => check.verdict === verdict);
      expect(one.tiles.get("checks held"), one.case.name).toBe(`${of("pass").length} of ${one.json.checks.length}`);
      expect(one.job).toContain(`| ${of("pass").length} of ${one.json.checks.length} |`);
      expect(one.junit).toContain(`failures="${of("fail").length}"`);
      for (const check of one.json.checks) {
        const icon = { pass: "✓", fail: "✗", inconclusive: "?" }[check.verdict];
        expect(one.terminal, one.case.name).toContain(`${icon} ${check.title}: ${check.actual}`);
        expect(textOf(one.page)).toContain(check.actual);
        expect(one.side.checks.find(({ title }) => title === check.title)?.verdict).toBe(check.verdict);
      }
      expect([one.summary.verdict, one.side.verdict]).toEqual([one.json.verdict, one.json.verdict]);
    }
  });

  it("the recovery of the tile, the table, the check, the history and the comparison is that of the export", () => {
    // Where the load generator was late, not all that was recorded is held against the system.
    for (const one of all.filter(({ case: { tainted = false } }) => !tainted)) {
      const { recovery } = one.right;
      const { name } = one.case;
      const { numbers, measure, actual, verdict } = checkOf(one, "recoversWithin");
      expect(one.summary.recovery, name).toBe(recovery?.word ?? "not known");
      if (recovery === undefined) {
        expect([one.tiles.get("time to recover"), one.figures.get("time to recover")], name).toEqual([
          "not known",
          "–",
        ]);
        expect([one.summary.recoveryMs, verdict, figureOf(one, "time to recover")]).toEqual([
          null,
          "inconclusive",
          undefined,
        ]);
        continue;
      }
      const ms = recovery.fromHealMs;
      expect(one.summary.recoveryMs, name).toEqual(ms === null ? null : expect.closeTo(ms, 6));
      expect(numbers["recoveryMs"], name).toEqual(one.summary.recoveryMs);
      expect(numbers["recovery"], name).toBe(recovery.word);
      expect(measure?.value, name).toEqual(one.summary.recoveryMs);
      expect(figureOf(one, "time to recover"), name).toEqual(ms === null ? null : near(ms));
      const shown = {
        "not needed": ["none", "none needed"],
        back: [duration(ms), duration(ms)],
        "not back": [`> ${duration(recovery.watchedMs)}`, `> ${duration(recovery.watchedMs)}`],
      }[recovery.word];
      expect([one.tiles.get("time to recover"), one.figures.get("time to recover")], name).toEqual(shown);
      if (recovery.word === "not back") expect(actual, name).toMatch(/^not back /);
      if (verdict === "pass") expect(ms, name).toBeLessThanOrEqual(2000);
      if (verdict === "fail") expect(ms ?? Number.POSITIVE_INFINITY, name).toBeGreaterThan(2000);
    }
  });

  it("a comparison of two runs has the figures of each, as its own report has them", () => {
    const [base, run] = ["back-in-time", "back-late"].map((name) => all.find((one) => one.case.name === name)!);
    const answer = capturing();
    compare(base!.folder, [run!.folder], { format: "json" }, answer.output);
    const { figures } = JSON.parse(answer.text()) as Comparison;
    expect(figures.length).toBeGreaterThan(5);
    for (const { name, base: before, run: after } of figures) {
      expect([name, before, after]).toEqual([name, figureOf(base!, name), figureOf(run!, name)]);
    }
    const recovered = figures.find(({ name }) => name === "time to recover");
    const of = ({ right }: Shown): number => near(right.recovery!.fromHealMs!);
    expect([recovered?.base, recovered?.run]).toEqual([of(base!), of(run!)]);
  });

  it("the recovery of each is the one that it was made with", () => {
    const words = Object.fromEntries(all.map((one) => [one.case.name, one.summary.recovery]));
    expect(words).toMatchObject({
      "nothing-noticed": "not needed",
      "masked-with-promise": "not needed",
      "back-at-once": "back",
      "never-back": "not back",
      "slow-for-ever": "not back",
      "slow-within-promise": "not needed",
      flaps: "not back",
      limps: "not back",
      "never-healed": "not known",
      interrupted: "not known",
    });
    const ms = (name: string) => all.find((one) => one.case.name === name)!.summary.recoveryMs!;
    expect(ms("back-in-time")).toBeGreaterThanOrEqual(1190);
    expect(ms("back-in-time")).toBeLessThan(1230);
    expect(ms("back-late")).toBeGreaterThanOrEqual(3290);
    expect(ms("relapse")).toBeGreaterThanOrEqual(3790);
    const verdicts = Object.fromEntries(all.map((one) => [one.case.name, checkOf(one, "recoversWithin").verdict]));
    expect(verdicts).toMatchObject({
      "back-in-time": "pass",
      "back-late": "fail",
      "slow-for-ever": "fail",
      "slow-within-promise": "pass",
      relapse: "fail",
      flaps: "fail",
      limps: "fail",
      "late-generator": "inconclusive",
    });
    const late = all.find((one) => one.case.name === "late-generator")!;
    expect([late.summary.recovery, late.summary.recoveryMs, late.tiles.get("time to recover")]).toEqual([
      "not needed",
      0,
      "none",
    ]);
    expect(checkOf(late, "recoversWithin").numbers["recoveryMs"]).toBe(0);
    const [, detail = ""] = /<dt>time to recover<\/dt><dd><b>none<\/b> <span>(.*?)<\/span>/.exec(late.page) ?? [];
    expect(textOf(detail)).toMatch(/never left its steady level; 5\.\d+ s if the lateness of the load generator/);
  });

  it("impact, amplification, absorption, goodput and burn are those of the export, in the report and in a baseline", () => {
    for (const one of all) {
      const { impactMs, amplification, absorption } = one.right;
      const { name } = one.case;
      const shown = one.figures;
      expect(one.tiles.get("time to impact"), name).toBe(impactMs === null ? "none" : duration(impactMs));
      expect(shown.get("time to impact"), name).toBe(impactMs === null ? "no impact" : duration(impactMs));
      expect(figureOf(one, "time to impact"), name).toEqual(impactMs == null ? impactMs : near(impactMs));
      expect(shown.get("amplification"), name).toBe(amplification === undefined ? "–" : multiple(amplification));
      expect(one.tiles.get("amplification"), name).toBe(
        amplification === undefined ? undefined : multiple(amplification),
      );
      expect(figureOf(one, "amplification"), name).toEqual(amplification && expect.closeTo(amplification, 2));
      expect(one.tiles.get("absorbed"), name).toBe(absorption && percent(absorption.share));
      if (absorption !== undefined) expect(shown.get("absorption"), name).toContain(percent(absorption.share));
      const [, ...goodput] = rowsAfter(one.page, '<table class="goodput"');
      for (const [index, workload] of one.json.plan.workloads.entries()) {
        for (const [place, phase] of phases.entries()) {
          const right = one.right.goodput(workload.name, phase);
          const burn = right?.burn === undefined ? "" : ` burn ${multiple(right.burn)}`;
          const cell = right === undefined ? "–" : `${rate(right.perSecond)}${burn}`;
          expect(goodput[index]?.[place + 1], `${name}: ${workload.name} in ${phase}`).toBe(cell);
          expect(figureOf(one, `goodput of ${workload.name}, ${phase}`)).toBe(right && near(right.perSecond));
        }
      }
    }
  });

  it("what was lost, done twice, stale and stuck is counted once: in checks, tile, history and baseline as in the final state", () => {
    for (const one of all) {
      const { harm } = one.right;
      const { name } = one.case;
      expect(one.summary.harm, name).toEqual(harm);
      const shown = harms.map((each) => harm[each]?.toLocaleString("en") ?? "–").join(" · ");
      expect(one.tiles.get(harms.join(" · ")), name).toBe(shown);
      if (harm.stale !== null) expect(checkOf(one, "noStaleReads").numbers["stale"], name).toBe(harm.stale);
      if (harm.lost !== null) expect(checkOf(one, "noLostWrites").numbers["lost"], name).toBe(harm.lost);
      if (harm.stuck !== null) expect(checkOf(one, "noLostJobs").numbers["stuck"], name).toBe(harm.stuck);
      for (const { title, numbers } of one.json.checks) {
        const kept = one.side.checks.find((check) => check.title === title)?.numbers ?? {};
        for (const each of harms) expect(kept[each], `${name}: ${title}`).toBe(numbers[each]);
      }
    }
    const planted = all.find((one) => one.case.name === "lost-and-more")!;
    expect(planted.summary.harm).toEqual({ lost: 3, duplicated: 2, stale: 4, stuck: 5 });
  });
});
