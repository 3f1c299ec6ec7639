import { describe, expect, it } from "vitest";
import { type History, historyOf, rowAt, setRow } from "../model/history.ts";
import type { StoredRun } from "../model/run.ts";
import { reportData } from "./data.ts";
import { lineNames, seriesOf } from "./series.ts";
import { sampleRun } from "./testing/sample-run.ts";
import { scriptless } from "./testing/skeleton.ts";
import { timelineOf } from "./timeline.ts";

const whole = sampleRun({ verdict: "pass" });

/** Only the operations that were due at these times. */
function during(isKept: (intendedMs: number) => boolean): History {
  const rows = Array.from({ length: whole.history!.count }, (_, row) => row).filter((row) =>
    isKept(whole.history!.intendedMs[row]!),
  );
  const history = historyOf(rows.length);
  for (const [index, row] of rows.entries()) setRow(history, index, rowAt(whole.history!, row));
  return history;
}

const { warmUp, steady } = whole.record.phases;
/** Ctrl-C 600 ms into the steady phase: the engine has entered no later one. */
const early: StoredRun = {
  ...whole,
  record: { ...whole.record, status: "interrupted", checks: [], phases: { warmUp: warmUp!, steady: steady! } },
  history: during((atMs) => atMs < 6000),
  events: [...whole.events.filter(({ atMs }) => atMs < 6000), { atMs: 6000, type: "interrupted", by: "SIGINT" }],
};

describe("a run that ended before its fault", () => {
  const data = reportData(early);

  it("shows no fault, takes no time from one, and marks nothing as acted on", () => {
    expect(data.windows).toEqual([]);
    expect(data.firstFaultMs).toBeNull();
    expect(data.series).toMatchObject({ fromMs: warmUp!.fromMs, toMs: steady!.toMs });
    const page = scriptless(early);
    expect(page).toContain("No fault was injected.");
    expect(page).toContain("Nothing was acted on.");
    expect(page).not.toMatch(/class="(?:fault-name|edge|shade)/);
  });

  it("says that it was planned", () => {
    expect(data.missing).toContain("partition api->cache was planned, but nothing tells that it was injected.");
    expect(data.facts.find(({ name }) => name === "planned faults")?.value).toContain("partition api->cache 0.5–8.5 s");
  });

  it("believes the plan only where all events are lost and the faults phase is known", () => {
    expect(reportData({ ...whole, events: [] }).windows).toMatchObject([{ source: "plan" }, { source: "plan" }]);
    expect(reportData({ ...early, events: [] }).windows).toEqual([]);
    expect(reportData(whole).missing.join()).not.toContain("was planned");
  });
});

describe("a line", () => {
  const silent = { fromMs: 7000, toMs: 9000 };
  const span = { fromMs: 0, toMs: 34_000 };
  const history = during((atMs) => atMs < silent.fromMs || atMs >= silent.toMs);
  const { lines } = seriesOf(history, span, []);

  it.each(lineNames)("%s has a gap before, between and after the operations, and covers the run", (name) => {
    const drawn = lines[name].filter(({ ms }) => ms !== null);
    const isDrawnAt = (atMs: number) => drawn.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
    expect([1000, 7500, 8500, 30_000].map(isDrawnAt)).toEqual([false, false, false, false]);
    expect([3000, 6500, 9500, 28_000].map(isDrawnAt)).toEqual([true, true, true, true]);
    expect(lines[name][0]?.fromMs).toBe(span.fromMs);
    expect(lines[name].at(-1)?.toMs).toBe(span.toMs);
    for (const [index, point] of lines[name].entries()) {
      if (index > 0) expect(point.fromMs).toBe(lines[name][index - 1]!.toMs);
    }
  });

  it("goes through at a rate at which a second without an operation is chance", () => {
    const slow = sampleRun({ verdict: "pass", perSecond: 1, stretch: 4 });
    const { fromMs, toMs } = { fromMs: slow.record.phases.warmUp!.fromMs, toMs: slow.record.phases.recovery!.toMs };
    expect(seriesOf(slow.history!, { fromMs, toMs }, []).lines.p50.every(({ ms }) => ms !== null)).toBe(true);
  });
});

describe("the names of faults", () => {
  it("do not run into each other, with what is not proven about them", () => {
    const [one] = whole.record.plan.schedule;
    const schedule = Array.from({ length: 30 }, (_, index) => ({
      ...one!,
      id: `i${index + 1}`,
      atMs: index * 250,
      lastingMs: 200,
      title: `latency ${index} ms`,
    }));
    const record = { ...whole.record, plan: { ...whole.record.plan, schedule } };
    const page = scriptless({ ...whole, record, events: [] });
    const chart = page.slice(page.indexOf('<svg class="chart wide"'), page.indexOf("</svg>"));
    const labels = [...chart.matchAll(/class="fault-name" x="([\d.]+)" y="([\d.]+)">([^<]*)</g)].map(
      ([, x, y, text]) => ({ x: Number(x), y, end: Number(x) + text!.length * 6.3 }),
    );
    expect(labels.length).toBeGreaterThan(3);
    for (const [index, label] of labels.entries()) {
      for (const other of labels.slice(index + 1)) {
        if (other.y === label.y) expect(other.x).toBeGreaterThan(label.end);
      }
    }
  });

  it("are numbers where they have no room, of which the lanes tell what they mean: none goes unnamed", () => {
    const [one] = whole.record.plan.schedule;
    for (const [faults, name] of [
      [6, "narrow"],
      [12, "wide"],
      [30, "wide"],
    ] as const) {
      const schedule = Array.from({ length: faults }, (_, index) => ({
        ...one!,
        id: `i${index + 1}`,
        atMs: index * 250,
        lastingMs: 200,
        title: `latency ${index} ms`,
      }));
      const record = { ...whole.record, plan: { ...whole.record.plan, schedule } };
      const page = scriptless({ ...whole, record, events: [] });
      const drawings = [...page.matchAll(/<svg class="chart (\w+)".*?<\/svg>/gs)].filter(([, size]) => size === name);
      const textsOf = (svg: string, what: string): readonly string[] =>
        [...svg.matchAll(new RegExp(`class="${what}"[^>]*>([^<]*)<`, "g"))].map(([, text = ""]) => text);
      const lanes = textsOf(drawings.at(-1)![0], "lane-name");
      expect(lanes).toEqual(schedule.map(({ title }, index) => `${index + 1}? ${title}`));
      const named = textsOf(drawings[0]![0], "fault-name");
      expect(named.length).toBeGreaterThanOrEqual(3);
      for (const label of named) expect(lanes.some((lane) => lane.startsWith(`${label} `))).toBe(true);
      expect(page).not.toContain("more are in the table only");
    }
  });
});

describe("a run that was interrupted", () => {
  const cause = { code: "interrupted", text: "the run was interrupted by SIGINT", remedy: "Run it again." } as const;
  const sentence = `Inconclusive: ${cause.text}.`;
  const reasons = [cause.text, "no receipt"];
  const { passed: _, ...partial } = early.record;
  const record = { ...partial, verdict: "inconclusive", cause, sentence, reasons } as const;
  const page = scriptless({ ...early, record });
  const banner = page.slice(page.indexOf("<header"), page.indexOf("</header>"));

  it("says so first, then what to do, and gives its cause once", () => {
    expect(banner).toMatch(
      /<h1>.*Interrupted<\/h1>\n<p class="sentence">Inconclusive: the run was interrupted by SIGINT/,
    );
    expect(banner).toContain('<p class="remedy"><b>What to do:</b> Run it again.</p>');
    expect(banner.match(/interrupted by SIGINT/g)).toHaveLength(1);
    expect(banner).toContain("<li>no receipt</li>");
    expect(scriptless({ ...early, record: { ...record, verdict: "fail" } })).toContain("</span> Failed</h1>");
  });

  it("has no red mark for a process that its stop ended", () => {
    const exit = { type: "exited", instance: "api-1", pid: 4120, how: "SIGINT", expected: false } as const;
    const tones = (atMs: number) =>
      timelineOf([...early.events, { ...exit, atMs }], null).rows.filter(({ what }) => what.startsWith("api-1 ended"));
    expect(tones(6100)).toMatchObject([{ tone: "plain" }]);
    expect(tones(5900)).toMatchObject([{ tone: "bad" }]);
  });
});

it("what a live path answered is in the timeline, in red where it was not 200", () => {
  const asked = { type: "live", instance: "api-1", askedMs: 5000, inARow: 1 } as const;
  const events = [
    { ...asked, atMs: 5001, isLive: true, answer: "200", status: 200 },
    { ...asked, atMs: 5002, isLive: false, answer: "503", status: 503 },
    { ...asked, atMs: 6000, isLive: false, answer: "no answer within 1 s" },
  ];
  expect(timelineOf(events, null).rows).toMatchObject([
    { tone: "plain", what: "api-1: its live path answers 200" },
    { tone: "bad", what: "api-1: its live path answers 503" },
    { tone: "bad", what: "api-1: no answer within 1 s on its live path" },
  ]);
});

it("kinds of faults are hatched in different ways, one kind always in the same", () => {
  const [one] = whole.record.plan.schedule;
  const kinds = ["partition", "kill", "partition", "latency"];
  const schedule = kinds.map((kind, index) => ({ ...one!, kind, id: `i${index}`, atMs: index * 2000, lastingMs: 500 }));
  const receipts = whole.events.flatMap((event) => (event.type === "receipt" ? [event] : []));
  const events = schedule.flatMap(({ id }) =>
    receipts.map((event) => ({ ...event, receipt: { ...event.receipt, injection: id } })),
  );
  const page = scriptless({ ...whole, events, record: { ...whole.record, plan: { ...whole.record.plan, schedule } } });
  const chart = page.slice(page.indexOf('<svg class="chart wide"'), page.indexOf("</svg>"));
  const hatchOf = [...chart.matchAll(/fill="url\(#([\w-]+-h\d)\)"/g)].map(([, id]) => id!);
  const [first, second, third, fourth] = hatchOf;
  expect(hatchOf).toHaveLength(kinds.length);
  expect(third).toBe(first);
  expect(new Set([first, second, fourth]).size).toBe(3);
  const turns = new Set(hatchOf.map((id) => new RegExp(`id="${id}"[^>]*rotate\\(([^)]*)\\)`).exec(chart)?.[1]));
  expect(turns.size).toBe(3);
});

it("a page has no two landmarks of one name: what scrolls is a group", () => {
  const page = scriptless(whole);
  expect(page).not.toContain('role="region"');
  expect(page.match(/<[^>]*tabindex="0"[^>]*>/g)?.filter((tag) => !tag.includes('role="group"'))).toEqual([]);
});
