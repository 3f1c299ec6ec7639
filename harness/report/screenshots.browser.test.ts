import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readRun } from "../store/read-run.ts";
import { renderReport } from "./index.ts";
import { describeInBrowser } from "./testing/describe-in-browser.ts";

// `npm run screenshots`: the pictures of the documentation, of the latest run. A failing one is worth looking at:
//   MUTANT=lost-del npx faultline run cache-partition --seed 7
const run = process.env["FAULTLINE_SCREENSHOTS"];
const folder = join(import.meta.dirname, "../../docs/images");

describeInBrowser("pictures of the documentation", (browser) => {
  it.skipIf(run === undefined)("are those of the run that was asked for", async () => {
    const stored = readRun(run ?? "");
    const page = await browser().open(renderReport(stored), { width: 1100, height: 1240 });
    mkdirSync(folder, { recursive: true });
    const picture = await page.screenshot({ path: join(folder, `report-${stored.record.verdict}.png`) });
    expect(picture.length).toBeGreaterThan(10_000);
  });
});
