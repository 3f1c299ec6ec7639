import { it } from "vitest";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import { expectHarmless, families, textsOf } from "./testing/hostile-page.ts";

describeInBrowser("every hostile text in every field of a report, in a browser", (browser) => {
  it.each(families)("%s runs nothing, asks for nothing and stays in its element, without the policy too", (family) =>
    expectHarmless(browser(), textsOf(family)),
  );
});
