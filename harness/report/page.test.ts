import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { historyOf, rowAt, setRow } from "../model/history.ts";
import type { RunRecord, StoredRun } from "../model/run.ts";
import { renderReport } from "./index.ts";
import { script } from "./script.ts";
import { sampleRun } from "./testing/sample-run.ts";
import { rowsAfter, scriptless, textOf } from "./testing/skeleton.ts";

const failing = sampleRun({ verdict: "fail" });
const page = scriptless(failing);

const withRecord = (changes: Partial<RunRecord>): StoredRun => ({
  ...failing,
  record: { ...failing.record, ...changes },
});

describe("a report", () => {
  it("answers what broke, how to see it again and why before anything else, then in the order that readers know", () => {
    const first = page.slice(0, page.indexOf('<dl class="callouts"'));
    expect(first).toMatch(/<h1>.*✗.*Failed.*<\/h1>/s);
    expect(first).toContain("no stale reads beyond 2 s was broken, 23 reads returned an older version");
    expect(first).toContain("MUTANT=lost-del faultline run cache-partition --seed 5eed01");
    expect(first).toMatch(/From the fault to the failure.*partition api-&gt;cache.*no stale reads beyond 2 s broken/s);
    const sections = ["chain", "callouts", "checks", "charts", "operations", "matrix", "timeline", "logs", "system"];
    const places = [...sections, "about"].map((name) => page.search(new RegExp(`<(?:section|dl) class="${name}"`)));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(Math.min(...places)).toBeGreaterThan(0);
    expect(page).toMatch(/checks held.*3 of 4.*fault proven in.*47 ms.*healed, proven in.*26 ms/s);
    const witness = page.indexOf("returned version 3, 4 was acknowledged 2.1 s before");
    expect(witness).toBeGreaterThan(0);
    expect(witness).toBeLessThan(page.indexOf("availability of at least 98 %"));
  });

  it("has a policy that allows its one style and its one script by their hashes, and nothing else", () => {
    const styles = [...page.matchAll(/<style>(.*?)<\/style>/gs)];
    expect(styles).toHaveLength(1);
    const hashOf = (text: string): string => createHash("sha256").update(text).digest("base64");
    const scripts = [...renderReport(failing).matchAll(/<script>(.*?)<\/script>/gs)];
    expect(scripts).toHaveLength(1);
    const hashes = `style-src 'sha256-${hashOf(styles[0]![1]!)}'; script-src 'sha256-${hashOf(scripts[0]![1]!)}'`;
    const [, policy = ""] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page) ?? [];
    expect(textOf(policy)).toBe(`default-src 'none'; ${hashes}; base-uri 'none'; form-action 'none'`);
    expect(page.indexOf("Content-Security-Policy")).toBeLessThan(page.indexOf("<style>"));
  });

  it("runs nothing but its own small script, fetches nothing and has no style outside of its element", () => {
    expect(page).not.toMatch(
      /<script|<link|<img|<iframe|\sstyle=|\son[a-z]+=|\ssrc=|\shref=|@import|https?:|javascript:/i,
    );
    expect([...page.matchAll(/url\(([^)]*)\)/g)].every(([, target]) => target?.startsWith("#"))).toBe(true);
  });

  it("has a script of at most 25 KB, which never makes HTML of a text", () => {
    expect(Buffer.byteLength(script)).toBeLessThan(25_000);
    expect(script).not.toMatch(
      /innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|<\/script|fetch\(|XMLHttp/,
    );
  });

  it("has its headings in order, one h1, ids that are unique, and labels that exist", () => {
    const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const named = [...page.matchAll(/(?:labelledby="|url\(#)([^")]+)/g)].flatMap(([, names]) => names!.split(" "));
    expect(named.filter((name) => !ids.includes(name))).toEqual([]);
    expect(page.match(/role="img"/g)).toHaveLength(page.match(/<desc/g)!.length);
  });

  it("is at most 400 KB for a minute at 500 operations a second, with logs that never stop", () => {
    const run = sampleRun({ verdict: "fail", perSecond: 500, stretch: 60 / 26 });
    expect(run.history!.count).toBe(30_000);
    const line = (at: number): string =>
      JSON.stringify({
        level: 30,
        time: Date.parse(run.record.startedAt) + at,
        msg: "GET /products/17 200 ".repeat(20),
      });
    const noisy = Array.from({ length: 12 }, (_, index) => [
      `api-${index}`,
      Array.from({ length: 30_000 }, (_, at) => line(at * 2)),
    ]);
    const big = renderReport({ ...run, logs: Object.fromEntries(noisy) });
    expect(Buffer.byteLength(big)).toBeLessThan(400_000);
    expect(big).toMatch(/\d+ lines of [\d,]+ near a transition, the nearest ones; 30,000 in all\./);
  });
});

describe("an odd run", () => {
  const single = historyOf(1);
  setRow(single, 0, { ...rowAt(failing.history!, 900), id: 0 });
  const { history: _, ...withoutHistory } = failing;
  const { generator: __, ...withoutGenerator } = failing.record;
  const noPlan = { ...failing.record.plan, schedule: [] };

  const odd: readonly [string, StoredRun, RegExp][] = [
    [
      "interrupted",
      withRecord({ status: "interrupted", verdict: "inconclusive" }),
      /Partial report\..*was interrupted/s,
    ],
    ["still running", withRecord({ status: "running" }), /has not ended yet/],
    ["failed halfway", withRecord({ status: "failed", checks: [] }), /No check was judged.*did not go through all/s],
    ["without history", withoutHistory, /No operation was seen, so there is no latency.*There is no history/s],
    ["that saw nothing", { ...failing, history: historyOf(0) }, /No operation was seen.*The run saw no operation/s],
    ["with one operation", { ...failing, history: single }, /only 1 were recorded/],
    ["without logs", { ...failing, logs: {} }, /There are no logs/],
    ["without events", { ...failing, events: [] }, /not proven.*No event was recorded.*no fault is proven/s],
    ["without generator", { ...failing, record: withoutGenerator }, /did not report on itself/],
    ["without faults", { ...withRecord({ plan: noPlan }), events: [] }, /No fault was injected.*Nothing was acted on/s],
    ["without phases", withRecord({ phases: {} }), /Operations per second/],
    ["with a part missing", { ...failing, missing: ["history.bin is torn"] }, /What is missing.*history\.bin is torn/s],
    [
      "with nothing",
      {
        ...withoutHistory,
        events: [],
        logs: {},
        record: { ...withoutGenerator, phases: {}, checks: [], plan: noPlan },
      },
      /There are no logs/,
    ],
    [
      "with reasons",
      withRecord({ verdict: "inconclusive", reasons: ["the fault never acted"] }),
      /\? *<\/span> Inconclusive.*the fault never acted/s,
    ],
  ];

  it.each(odd)("%s renders and says so", (_name, run, words) => {
    const text = scriptless(run);
    expect(text).toMatch(words);
    expect(text).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  it("of a million operations counts them all, and stays as small as that of a few thousand", () => {
    const run = sampleRun({ verdict: "fail", perSecond: 1_000_000 / 26 });
    expect(run.history!.count).toBe(1_000_000);
    const text = renderReport(run);
    expect(text).toContain("1,000,000 planned, 1,000,000 dispatched");
    const due = rowsAfter(text, '<figure class="outcomes"')
      .slice(1)
      .map(([, all = ""]) => Number(all.replaceAll(",", "")));
    expect(due.reduce((sum, all) => sum + all, 0)).toBe(1_000_000);
    expect(Buffer.byteLength(text)).toBeLessThan(400_000);
  });

  it("tells how busy the machine was, as far as that is known", () => {
    const loadIn = (run: StoredRun) => /load of the host<\/dt><dd>(.*?)<\/dd>/.exec(scriptless(run))?.[1];
    const { load, ...host } = failing.record.host;
    expect(loadIn(failing)).toBe("0.42 at the start, 3.18 at the end, of 4 cores");
    expect(loadIn(withRecord({ host: { ...host, load: { atStart: load!.atStart } } }))).toBe(
      "0.42 at the start, of 4 cores",
    );
    expect(loadIn(withRecord({ host }))).toBeUndefined();
  });

  it("with a late generator names the windows", () => {
    const generator = {
      ...failing.record.generator!,
      overflow: 3,
      tainted: [{ fromMs: 5000, toMs: 5400, reason: "paused 400 ms" }],
    };
    expect(scriptless(withRecord({ generator }))).toMatch(
      /did not always keep up.*5\.000 s to 5\.400 s: paused 400 ms/s,
    );
  });

  it("with a fault shorter than a bucket still shows it", () => {
    const events = failing.events.map((event) =>
      event.type === "receipt"
        ? {
            ...event,
            receipt: {
              ...event.receipt,
              requestedMs: 12_000,
              provenMs: 12_001,
              healRequestedMs: 12_002,
              healProvenMs: 12_003,
            },
          }
        : event,
    );
    const text = scriptless({ ...failing, events });
    const widths = [...text.matchAll(/class="(?:shade|proven|requested)"[^>]* width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    expect(widths.length).toBeGreaterThan(5);
    expect(Math.min(...widths)).toBeGreaterThanOrEqual(2.5);
  });

  it("with one failure among thousands still shows it", () => {
    const run = sampleRun({ verdict: "pass", perSecond: 2000 });
    const outcome = run.history!.outcome.map((_, row) => (row === 9000 ? 3 : 0));
    const text = scriptless({ ...run, history: { ...run.history!, outcome } });
    const heights = [...text.matchAll(/class="outcome failed" d="M[\d.]+ [\d.]+v-([\d.]+)/g)].map(([, height]) =>
      Number(height),
    );
    expect(heights).toEqual([1.2, 1.2]);
  });
});

describe("the receipts of a report", () => {
  const section = (html: string): string => /<section class="receipts".*?<\/section>/s.exec(html)?.[0] ?? "";
  const rows = (html: string): readonly string[] =>
    [...section(html).matchAll(/<tr><th scope="row">.*?<\/tr>/gs)].map(([row]) => textOf(row.replace(/<[^>]+>/g, " ")));

  it("tell of each fault where it acted, since when, until when, and what it met", () => {
    const told = rows(page);
    const receipts = failing.events.flatMap((event) => (event.type === "receipt" ? [event.receipt] : []));
    expect(told).toHaveLength(receipts.length);
    const [receipt] = receipts;
    const { history } = failing;
    let met = 0;
    for (let row = 0; row < history!.count; row += 1) {
      const { wireMs, endMs, target } = rowAt(history!, row);
      const isAt = receipt!.on.startsWith(`${failing.record.plan.entry[target]}->`);
      if (isAt && wireMs <= receipt!.healRequestedMs! && endMs >= receipt!.provenMs!) met += 1;
    }
    expect(met).toBeGreaterThan(0);
    expect(told[0]).toContain(receipt!.on);
    expect(told[0]).toContain(met.toLocaleString("en-US"));
    expect(told[0]).toContain(`${Math.round(receipt!.provenMs! - receipt!.requestedMs)} ms`);
  });

  it("say what went over each link, and that nothing did, and do not make it up where it was not counted", () => {
    const idle = { open: 1, inUse: 0, ended: 0, attempts: 0, requestBytes: 0, replyBytes: 0 };
    const firstRow = (traffic: object | undefined): string => {
      const events = failing.events.map((event) => {
        if (event.type !== "receipt" || traffic === undefined) return event;
        return { ...event, receipt: { ...event.receipt, traffic } };
      });
      return (
        rows(scriptless({ ...failing, events }))[0]
          ?.split("<td>")
          .at(-1) ?? ""
      );
    };
    expect(firstRow({ ...idle, attempts: 3, requestBytes: 2000, replyBytes: 9600 })).toMatch(/3 connections, 12 kB$/);
    expect(firstRow({ ...idle, attempts: 1 })).toMatch(/1 connection, 0 B$/);
    expect(firstRow({ before: { attempts: 3 } })).toMatch(/not counted$/);
    expect(firstRow(idle)).toMatch(/nothing$/);
    expect(firstRow(undefined)).toMatch(/–$/);
  });

  it("say so when there is none, and do not fill in what was not measured", () => {
    expect(
      section(
        scriptless({
          ...failing,
          events: [],
          record: { ...failing.record, plan: { ...failing.record.plan, schedule: [] } },
        }),
      ),
    ).toContain("No fault was injected.");
    const events = failing.events.map((event) => {
      if (event.type !== "receipt") return event;
      const { provenMs: _, ...receipt } = event.receipt;
      return { ...event, receipt };
    });
    expect(rows(scriptless({ ...failing, events })).every((row) => row.includes("never proven"))).toBe(true);
  });
});
