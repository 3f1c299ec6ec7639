import axe, { type AxeResults } from "axe-core";
import type { Page } from "puppeteer-core";
import { describe, expect, it } from "vitest";
import { compare } from "../model/compare/comparison.ts";
import { sideOf } from "../model/compare/side-of.ts";
import { compareVariants } from "../model/compare/variants.ts";
import { historyOf } from "../model/history.ts";
import type { StoredRun } from "../model/run.ts";
import { renderExploration } from "./explore-page.ts";
import { renderComparison, renderIndex, renderReport, renderVariants, summaryOfRun } from "./index.ts";
import { renderProof } from "./prove-page.ts";
import type { View } from "./testing/browser.ts";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import { withText } from "./testing/hostile.ts";
import { letters, overflowPx, type Painted, painted, shownCharts, textsBeyond, unfold } from "./testing/in-page.ts";
import { sampleExploration, sampleProof } from "./testing/sample-proof.ts";
import { sampleRun } from "./testing/sample-run.ts";
import { sampleVariants } from "./testing/sample-variants.ts";

const failing = sampleRun({ verdict: "fail" });
const { history: _, ...withoutHistory } = failing;
const runs: Readonly<Record<string, StoredRun>> = {
  "of a failed run": failing,
  "of a passed run": sampleRun({ verdict: "pass" }),
  "of a run that saw nothing": {
    ...withoutHistory,
    events: [],
    logs: {},
    record: { ...failing.record, status: "interrupted", verdict: "inconclusive", reasons: ["a reason"], checks: [] },
    missing: ["the history: it is not there"],
  },
};
const views: Readonly<Record<string, View>> = {
  "in light": { scheme: "light" },
  "in dark": { scheme: "dark" },
  "on paper": { media: "print" },
  "on paper from a dark screen": { media: "print", scheme: "dark" },
  "at 360 px": { width: 360, height: 740 },
  "at 360 px in dark": { width: 360, height: 740, scheme: "dark" },
  "at 200 %": { zoom: 2 },
};
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

describeInBrowser("the report in a browser", (browser) => {
  describe.each(Object.entries(runs))("%s", (_run, run) => {
    const html = renderReport(run);

    it.each(Object.entries(views))("breaks no rule of WCAG 2.2 AA %s", async (_name, view) => {
      const page = await browser().open(html, view);
      await page.evaluate(unfold);
      await page.evaluate(axe.source);
      expect(await violations(page)).toEqual([]);
    });

    it.each(Object.entries(views))(
      "has texts and lines in its charts that can be told from their ground %s",
      async (_name, view) => {
        const page = await browser().open(html, view);
        const all = await page.evaluate(painted);
        expect(all.some(({ what }) => what.includes("node-name"))).toBe(true);
        expect(all.filter(isFaint)).toEqual([]);
      },
    );
  });

  const overviews = [failing, sampleRun({ verdict: "pass" })].map((run, index) => ({
    ...summaryOfRun(run),
    id: `run-${index}`,
  }));
  const base = sideOf([sampleRun({ verdict: "pass" })]);
  const others = {
    overview: renderIndex(overviews, 1),
    comparison: renderComparison(compare(base, sideOf([failing]))),
    proof: renderProof(sampleProof(), "prove"),
    "page of variants": renderVariants(compareVariants(sampleVariants())!),
    exploration: renderExploration(sampleExploration(), "explore"),
  };
  describe.each(Object.entries(others))("the %s", (_page, html) => {
    it.each(Object.entries(views))("breaks no rule of WCAG 2.2 AA either %s", async (_name, view) => {
      const page = await browser().open(html, view);
      await page.evaluate(axe.source);
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(overflowPx)).toBeLessThanOrEqual(0);
    });
  });

  const long = (word: string) => withText(failing, ` ${word.repeat(Math.ceil(400 / word.length))}`);
  it.each([
    ["the sample's texts", failing],
    ["texts of 400 characters without a space", long("x")],
    ["texts of many words", long("some words ")],
    ["no operation", { ...failing, history: historyOf(0) }],
  ] as const)("never scrolls to the side as a whole: %s", async (_name, run) => {
    const html = renderReport(run);
    for (const view of [{ width: 360 }, { width: 320 }, { zoom: 2 }, { width: 640, zoom: 2 }, { width: 1280 }]) {
      const page = await browser().open(html, view);
      await page.evaluate(unfold);
      expect(await page.evaluate(overflowPx), JSON.stringify(view)).toBeLessThanOrEqual(0);
    }
  });

  it.each([
    ["the sample's texts", failing],
    ["long texts", long("long")],
  ])("draws no text beyond the sides of its window: %s", async (_name, run) => {
    for (const width of [1280, 980, 640, 360]) {
      const page = await browser().open(renderReport(run), { width });
      expect(await page.evaluate(textsBeyond), `${width} px`).toEqual([]);
    }
  });

  it.each([1280, 1000, 960, 640, 360])("draws letters as large as they are meant to be at %i px", async (width) => {
    const page = await browser().open(renderReport(failing), { width });
    const all = await page.evaluate(letters);
    expect(all.length).toBeGreaterThan(30);
    expect(all.filter(({ px }) => px < 11)).toEqual([]);
  });

  it("shows each chart once, in the drawing that fits", async () => {
    const html = renderReport(failing);
    const charts = html.match(/class="chart wide"/g) ?? [];
    expect(charts.length).toBeGreaterThan(3);
    for (const [width, name] of [
      [1280, "wide"],
      [360, "narrow"],
    ] as const) {
      const page = await browser().open(html, { width });
      expect(await page.evaluate(shownCharts)).toEqual(charts.map(() => name));
    }
  });

  it("asks for nothing, and runs nothing that it should not", async () => {
    await browser().open(renderReport(failing));
    expect(await browser().misdeeds()).toEqual({ executed: [], requests: [] });
  });
});

/** What axe-core finds, one line each. */
async function violations(page: Page): Promise<readonly string[]> {
  const options = { runOnly: { type: "tag", values: tags } };
  const found: AxeResults["violations"] = await page.evaluate(async (what) => {
    const { axe } = globalThis as unknown as { axe: { run(options: unknown): Promise<AxeResults> } };
    return (await axe.run(what)).violations;
  }, options);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

/** axe-core does not judge what is drawn: WCAG 2.2, 1.4.3 for texts and 1.4.11 for lines. */
function isFaint({ kind, ink, ground }: Painted): boolean {
  return contrast(ink, ground) < (kind === "text" ? 4.5 : 3);
}

type Colour = Painted["ink"];

function contrast(one: Colour, other: Colour): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** WCAG 2.2, relative luminance. */
function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) =>
    part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
