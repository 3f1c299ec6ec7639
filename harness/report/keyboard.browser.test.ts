import type { Page } from "puppeteer-core";
import { expect, it } from "vitest";
import { renderReport } from "./index.ts";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import { type Focused, focused, hasScrolled, letGo, stops, takeBack } from "./testing/in-page.ts";
import { sampleRun } from "./testing/sample-run.ts";

const html = renderReport(sampleRun({ verdict: "fail" }));
/** More than any page has; a walk that does not end is a trap. */
const stepsAtMost = 500;

describeInBrowser("the report by keyboard alone", (browser) => {
  it.each([
    ["a wide window", { width: 1280, height: 700 }],
    ["a phone", { width: 360, height: 700 }],
  ])(
    "reaches all that acts or scrolls, shows where it is, opens what is folded and gets out again: %s",
    async (_name, view) => {
      const page = await browser().open(html, view);
      const reached = new Set<string>();
      let isOut = false;
      for (let step = 0; step < stepsAtMost && !isOut; step += 1) {
        await page.keyboard.press("Tab");
        const at = await page.evaluate(focused);
        isOut = at === null;
        if (at === null) continue;
        reached.add(at.what);
        // A busy machine may draw late.
        await expect.poll(() => isSeen(page), { message: at.what, timeout: 10_000 }).toBe(true);
        if (at.isFolded) await page.keyboard.press("Enter");
        await scroll(page, at);
      }
      expect(isOut).toBe(true);
      const all = await page.evaluate(stops);
      expect(all.length).toBeGreaterThan(10);
      expect(all.filter((what) => !reached.has(what))).toEqual([]);
      await page.keyboard.down("Shift");
      await page.keyboard.press("Tab");
      await page.keyboard.up("Shift");
      expect((await page.evaluate(focused))?.what).toBe([...reached].at(-1));
    },
  );
});

/** Whether anything is to be seen of the focus: the window looks otherwise without it. */
async function isSeen(page: Page): Promise<boolean> {
  const withFocus = await page.screenshot({ captureBeyondViewport: false });
  await page.evaluate(letGo);
  const without = await page.screenshot({ captureBeyondViewport: false });
  await page.evaluate(takeBack);
  return Buffer.compare(withFocus, without) !== 0;
}

async function scroll(page: Page, { scrolls }: Focused): Promise<void> {
  if (scrolls === "no") return;
  await page.keyboard.press(scrolls === "sideways" ? "ArrowRight" : "ArrowDown");
  await page.waitForFunction(hasScrolled, { timeout: 10_000 });
}
