import { expect, it } from "vitest";
import { renderReport } from "./index.ts";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import { sampleRun } from "./testing/sample-run.ts";

const html = renderReport(sampleRun({ verdict: "fail" }));

describeInBrowser("the first screen of a failed run's report", (browser) => {
  it.each(["h1", ".sentence", ".replay code", ".copy", ".chain li:first-child", ".chain li:last-child"])(
    "has %s whole, without scrolling, on a laptop",
    async (what) => {
      const view = { width: 1280, height: 720 };
      const page = await browser().open(html, view);
      const box = await (await page.$(what))?.boundingBox();
      expect(box?.height).toBeGreaterThan(0);
      expect(box!.y + box!.height).toBeLessThanOrEqual(view.height);
    },
  );
});
