import { afterAll, beforeAll, describe } from "vitest";
import { lookForChromium } from "../../setup/chromium.mjs";
import { ReportBrowser } from "./browser.ts";

const { found, problem = "" } = await lookForChromium();

/** Tests that have a browser; where there is none they are skipped, and their name says why. */
export function describeInBrowser(title: string, body: (browser: () => ReportBrowser) => void): void {
  const why = found === undefined ? ` (skipped: ${problem})` : "";
  describe.skipIf(found === undefined)(`${title}${why}`, () => {
    let browser: ReportBrowser | undefined;
    beforeAll(async () => {
      browser = await ReportBrowser.start(found!.path);
    });
    afterAll(() => browser?.close());
    body(() => browser!);
  });
}
