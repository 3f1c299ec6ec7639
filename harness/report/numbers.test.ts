import { describe, expect, it } from "vitest";
import { type History, outcomes, phaseCode } from "../model/history.ts";
import { duration, percent, rate } from "../model/quantities.ts";
import type { CheckResult } from "../model/verdict.ts";
import { comparedPhases } from "./operations.ts";
import { seriesOf } from "./series.ts";
import { sampleRun } from "./testing/sample-run.ts";
import { rowsAfter, scriptless, textOf } from "./testing/skeleton.ts";

const run = sampleRun({ verdict: "fail" });
const history = run.history!;
const page = scriptless(run);

interface Row {
  readonly operation: number;
  readonly phase: number;
  readonly outcome: number;
  readonly dueMs: number;
  readonly tookMs: number;
}

const rows: readonly Row[] = Array.from({ length: history.count }, (_, index) => ({
  operation: history.operation[index]!,
  phase: history.phase[index]!,
  outcome: history.outcome[index]!,
  dueMs: history.intendedMs[index]!,
  tookMs: history.endMs[index]! - history.intendedMs[index]!,
}));

/** By nearest rank, from all values; without the floor of samples `–`. */
function exact(some: readonly Row[], q: number, floor: number): number | undefined {
  const times = some
    .filter(({ outcome }) => outcome === 0)
    .map(({ tookMs }) => tookMs)
    .sort((a, b) => a - b);
  return times.length < floor ? undefined : times[Math.max(0, Math.ceil(q * times.length) - 1)];
}

/** Histograms are exact within 0.1 %; at the edge of a rounding that is the last digit. */
function expectShown(shown: string | undefined, ms: number | undefined): void {
  const near = ms === undefined ? [duration(undefined)] : [0.999, 1, 1.001].map((factor) => duration(ms * factor));
  expect(near).toContain(shown);
}

describe("the table of operations", () => {
  it("shows what the history says, operation by operation and phase by phase", () => {
    const [head, ...body] = rowsAfter(page, '<table class="operations"');
    expect(head).toEqual(["", "due", "ok", ...outcomes.slice(1), "p50", "p95", "p99", "max"]);
    const kinds = [undefined, ...run.record.plan.operations.keys()];
    expect(body).toHaveLength(kinds.length * (1 + comparedPhases.length));
    for (const [index, kind] of kinds.entries()) {
      for (const [place, phase] of comparedPhases.entries()) {
        const some = rows.filter(
          (row) => row.phase === phaseCode(phase) && (kind === undefined || row.operation === kind),
        );
        const [label, due, ok, ...rest] = body[index * (1 + comparedPhases.length) + 1 + place]!;
        const counts = outcomes.map((_, code) => some.filter(({ outcome }) => outcome === code).length);
        expect([label, due, ok]).toEqual([phase, some.length.toLocaleString("en"), percent(counts[0]! / some.length)]);
        expect(rest.slice(0, 5)).toEqual(counts.slice(1).map(String));
        expectShown(rest[5], exact(some, 0.5, 20));
        expectShown(rest[6], exact(some, 0.95, 200));
        expectShown(rest[7], exact(some, 0.99, 1000));
        expectShown(rest[8], exact(some, 1, 1));
      }
    }
  });
});

describe("the tables beside the charts", () => {
  const within = (label: string): readonly Row[] => {
    const [from = 0, to = 0] = label
      .replace(" s", "")
      .split("–")
      .map((seconds) => Number(seconds) * 1000);
    return rows.filter(({ dueMs }) => dueMs >= from && dueMs < to);
  };

  it("count every operation once, by outcome", () => {
    const [head, ...body] = rowsAfter(page, '<figure class="outcomes"');
    const seen = head!.slice(2);
    expect(seen).toEqual(["ok", "rejected", "failed", "unknown"]);
    let total = 0;
    for (const [label, all, ...counts] of body) {
      const some = within(label!);
      expect(all).toBe(String(some.length));
      expect(counts).toEqual(
        seen.map((name) => String(some.filter(({ outcome }) => outcomes[outcome] === name).length)),
      );
      total += Number(all);
    }
    expect(total).toBe(history.count);
  });

  it("show the percentiles of what was due in the row", () => {
    const [, ...body] = rowsAfter(page, '<figure class="latency"');
    for (const [label, ok, p50, p95, p99, max] of body) {
      const some = within(label!);
      expect(ok).toBe(String(some.filter(({ outcome }) => outcome === 0).length));
      expectShown(p50, exact(some, 0.5, 20));
      expectShown(p95, exact(some, 0.95, 40));
      expectShown(p99, exact(some, 0.99, 100));
      expectShown(max, exact(some, 1, 1));
    }
  });
});

describe("a line", () => {
  const span = { fromMs: 2400, toMs: 28_400 };
  const edges = [11_938, 19_926];

  it("is the percentile of what was due in each of its stretches, which cover the run and cross no edge of a fault", () => {
    const { lines } = seriesOf(history, span, edges);
    for (const [name, q, floor] of [
      ["p50", 0.5, 20],
      ["p95", 0.95, 40],
      ["p99", 0.99, 100],
      ["max", 1, 1],
    ] as const) {
      let last = span.fromMs;
      for (const { fromMs, toMs, ms } of lines[name]) {
        expect(fromMs).toBe(last);
        last = toMs;
        for (const edge of edges) expect(fromMs >= edge || toMs <= edge).toBe(true);
        const some = rows.filter(({ dueMs }) => dueMs >= fromMs && dueMs < toMs);
        const right = exact(some, q, floor);
        if (right === undefined) expect(ms).toBeNull();
        else expect(Math.abs(ms! - right)).toBeLessThanOrEqual(right * 0.001);
      }
      expect(last).toBe(span.toMs);
    }
  });

  it("has a gap where too few operations were ok", () => {
    const outage: History = {
      ...history,
      outcome: history.outcome.map((code, row) => (history.phase[row] === 2 ? 3 : code)),
    };
    const { lines } = seriesOf(outage, span, edges);
    const inside = lines.p50.filter(({ fromMs, toMs }) => fromMs >= 11_938 && toMs <= 19_926);
    expect(inside.length).toBeGreaterThan(5);
    expect(inside.every(({ ms }) => ms === null)).toBe(true);
    expect(scriptless({ ...run, history: outage }).match(/class="line p50" d="[^"]*M[^"]*M/g)).toHaveLength(2);
  });
});

describe("the numbers below the verdict and those of the fault", () => {
  const inPhase = (name: "steady" | "faults" | "recovery") => rows.filter(({ phase }) => phase === phaseCode(name));
  const okOf = (some: readonly Row[]) => some.filter(({ outcome }) => outcome === 0);
  const share = (some: readonly Row[]) => percent(okOf(some).length / some.length);
  const callouts = new Map(
    [...page.matchAll(/<dt>(.*?)<\/dt><dd><b>(.*?)<\/b> <span>(.*?)<\/span>/g)].map(([, label = "", value, detail]) => [
      label,
      [textOf(value!), textOf(detail!)] as const,
    ]),
  );

  it("are those of the history, and of the receipts", () => {
    const [faults, steady] = [inPhase("faults"), inPhase("steady")];
    expect(callouts.get("ok in the fault phase")).toEqual([
      share(faults),
      `steady ${share(steady)} · ${faults.length.toLocaleString("en")} operations`,
    ]);
    expectShown(callouts.get("p95 in the fault phase")?.[0], exact(faults, 0.95, 200));
    const receipts = run.events.flatMap((event) => (event.type === "receipt" ? [event.receipt] : []));
    const slowest = Math.max(...receipts.map(({ requestedMs, provenMs }) => provenMs! - requestedMs));
    expect(callouts.get("fault proven in")?.[0]).toBe(duration(slowest));
    const injectedMs = Math.min(...run.events.filter(({ type }) => type === "inject").map(({ atMs }) => atMs));
    const bad = rows.filter(({ outcome, phase }) => outcome !== 0 && phase !== phaseCode("warmUp"));
    const impact = bad.map(({ dueMs, tookMs }) => dueMs + tookMs - injectedMs).filter((sinceMs) => sinceMs >= 0);
    expect(callouts.get("time to impact")?.[0]).toBe(duration(Math.min(...impact)));
    const from = Math.min(...receipts.map(({ provenMs }) => provenMs!));
    const to = Math.max(...receipts.map(({ healRequestedMs }) => healRequestedMs!));
    const crossed = rows.filter(({ dueMs, tookMs }) => dueMs <= to && dueMs + tookMs >= from);
    expect(okOf(steady)).toHaveLength(steady.length);
    expect(callouts.get("absorbed")?.[0]).toBe(share(crossed));
    expect(callouts.get("absorbed")?.[1]).toContain(`of ${crossed.length.toLocaleString("en")} operations`);
    const held = run.record.checks.filter(({ verdict }) => verdict === "pass").length;
    expect(callouts.get("checks held")?.[0]).toBe(`${held} of ${run.record.checks.length}`);
  });

  it("count what was lost, done twice, stale or stuck as the checks do, and say what no check looked for", () => {
    const shown = (checks: readonly Partial<CheckResult>[]) => {
      const [one] = run.record.checks;
      const all = checks.map((more) => ({ ...one!, witness: [], ...more }));
      const text = scriptless({ ...run, record: { ...run.record, checks: all } });
      const [, value, detail] =
        /<dt>lost · duplicated · stale · stuck<\/dt><dd><b>(.*?)<\/b> <span>(.*?)<\/span>/.exec(text) ?? [];
      return [value, detail];
    };
    const lost = {
      name: "noLostWrites",
      verdict: "fail",
      title: "no lost writes",
      numbers: { lost: 2, acknowledged: 9 },
    } as const;
    const jobs = {
      name: "noLostJobs",
      verdict: "fail",
      title: "no lost jobs",
      numbers: { lost: 1200, stuck: 3 },
    } as const;
    const fresh = { verdict: "pass", title: "no stale reads", numbers: { stale: 0 } } as const;
    expect(shown([lost, jobs, fresh])).toEqual([
      "1,202 · – · 0 · 3",
      "2 lost (no lost writes), 1,200 lost (no lost jobs), 3 stuck (no lost jobs)",
    ]);
    expect(shown([fresh])).toEqual(["– · – · 0 · –", "1 check looked for it, none for what is –"]);
    // What could not be decided counted nothing.
    expect(shown([{ ...lost, verdict: "inconclusive" }])).toEqual(["– · – · – · –", "no check looks for it"]);
  });

  it("time to impact is from the first injection to the first end of an operation that was not ok", () => {
    const injectedMs = Math.min(...run.events.filter(({ type }) => type === "inject").map(({ atMs }) => atMs));
    const ends = rows
      .filter(({ outcome, phase }) => outcome !== 0 && phase !== phaseCode("warmUp"))
      .map(({ dueMs, tookMs }) => dueMs + tookMs - injectedMs)
      .filter((sinceMs) => sinceMs >= 0);
    const shown = rowsAfter(page, '<table class="figures"').find(([name]) => name === "time to impact");
    expect(shown?.[1]).toBe(duration(Math.min(...ends)));
  });

  it("goodput is the ok operations of each phase, a second", () => {
    const [, [name, ...shown] = []] = rowsAfter(page, '<table class="goodput"');
    expect(name).toBe("shoppers");
    const right = comparedPhases.map((phase) => {
      const { fromMs, toMs } = run.record.phases[phase]!;
      return rate((1000 * okOf(inPhase(phase)).length) / (toMs - fromMs));
    });
    expect(shown).toEqual(right);
  });
});
