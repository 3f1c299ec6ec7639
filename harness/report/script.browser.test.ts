import { expect, it } from "vitest";
import { renderReport } from "./index.ts";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import { sampleRun } from "./testing/sample-run.ts";

const run = sampleRun({ verdict: "fail" });
const html = renderReport(run);

describeInBrowser("the report's own script", (browser) => {
  const opened = () => browser().open(html, { width: 1280, height: 900 });

  it("marks one time in all charts, by pointer and by arrow key, and tells what was then", async () => {
    const page = await opened();
    const chart = "figure.latency svg.chart.wide";
    const marks = () =>
      page.$$eval("svg.chart.wide .crosshair", (all) => all.map((one) => one.getAttribute("d")).filter(Boolean));
    expect(await marks()).toEqual([]);
    await page.hover(chart);
    const marked = await marks();
    // Latency, the heat map, outcomes and faults have one time axis.
    expect(marked).toHaveLength(4);
    expect(new Set(marked.map((d) => d?.replace(/V.*/, ""))).size).toBe(1);
    const told = () => page.$eval("figure.outcomes .readout", (one) => one.textContent);
    const [, seconds = ""] = /^(\d+\.\d+) s: all \d+ · ok \d+/.exec((await told()) ?? "") ?? [];
    const { fromMs, toMs } = run.record.phases.faults!;
    expect(Number(seconds) * 1000).toBeGreaterThan(fromMs - 6000);
    expect(Number(seconds) * 1000).toBeLessThan(toMs + 8000);
    await page.mouse.move(0, 0);
    expect(await marks()).toEqual([]);
    await page.$eval(chart, (one) => (one as unknown as { focus(): void }).focus());
    await page.keyboard.press("ArrowRight");
    const first = await told();
    await page.keyboard.press("PageUp");
    expect(await told()).not.toBe(first);
    expect(await marks()).toHaveLength(4);
  });

  it("orders a table by a column, times by how long they are, and again the other way round", async () => {
    const page = await opened();
    const column = () =>
      page.$$eval("table.receipts tbody tr", (rows) => rows.map((row) => row.children[3]?.textContent ?? ""));
    const before = await page.$$eval("table.timeline tbody tr", (rows) => rows.length);
    const clocks = () =>
      page.$$eval("table.timeline tbody tr", (rows) =>
        rows.map((row) => Number.parseFloat(row.children[0]?.textContent ?? "")),
      );
    await page.click("table.timeline thead th:first-child button");
    await page.click("table.timeline thead th:first-child button");
    const falling = await clocks();
    expect(falling).toHaveLength(before);
    expect(falling).toEqual(falling.toSorted((a, b) => b - a));
    expect(await page.$eval("table.timeline thead th", (one) => one.getAttribute("aria-sort"))).toBe("descending");
    expect(await column()).toHaveLength(run.record.plan.schedule[0]!.acts.length);
  });

  it("shows only the rows of the timeline that have a word, and says how many", async () => {
    const page = await opened();
    await page.type(".filters input", "PROVEN");
    const shown = await page.$$eval("table.timeline tbody tr", (rows) =>
      rows
        .filter((row) => (row as unknown as { checkVisibility(): boolean }).checkVisibility())
        .map((row) => row.textContent),
    );
    expect(shown.length).toBeGreaterThan(1);
    expect(shown.every((text) => /proven/i.test(text ?? ""))).toBe(true);
    expect(await page.$eval(".filters output", (one) => one.textContent)).toMatch(
      new RegExp(`^${shown.length} of \\d+ rows$`),
    );
  });

  it("marks the command to be copied, also where there is no clipboard", async () => {
    const page = await opened();
    await page.click(".copy");
    await page.waitForFunction(() =>
      /Copied|Ctrl-C/.test(
        (
          globalThis as never as { document: { querySelector(what: string): { textContent: string } } }
        ).document.querySelector(".copy").textContent,
      ),
    );
    expect(
      await page.evaluate(() => String((globalThis as never as { getSelection(): unknown }).getSelection())),
    ).toContain("faultline run cache-partition --seed 5eed01");
  });

  it("leaves a page that is complete without it", async () => {
    const page = await opened();
    const words = (await page.$eval("main", (one) => one.textContent))?.replace(/\s+/g, " ") ?? "";
    const without = html.replace(/<script>[\s\S]*<\/script>/, "");
    const bare = await browser().open(without, { width: 1280, height: 900 });
    const bareWords = (await bare.$eval("main", (one) => one.textContent))?.replace(/\s+/g, " ") ?? "";
    expect(bareWords.length).toBeGreaterThan(1000);
    expect(words.length - bareWords.length).toBeLessThan(100);
  });
});
