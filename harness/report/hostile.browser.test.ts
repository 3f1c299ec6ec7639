import { expect, it } from "vitest";
import { renderReport } from "./index.ts";
import { forbiddenHost, sentinel } from "./testing/browser.ts";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import { expectHarmless, families, met, nothing, run, textsOf } from "./testing/hostile-page.ts";
import { injections } from "./testing/injections.ts";

describeInBrowser("a hostile text in every field of a report, in a browser", (browser) => {
  // Every text is tried by `hostile.long.test.ts`.
  it.each(families)("%s: two texts run nothing, ask for nothing and stay in their element", (family) =>
    expectHarmless(browser(), textsOf(family).slice(0, 2)),
  );

  it("runs nothing with the policy either, all of them at once", async () => {
    const time = Date.parse(run.record.startedAt) + run.record.phases.faults!.fromMs;
    const logs = Object.fromEntries(
      families.map((family) => [family, textsOf(family).map((text) => JSON.stringify({ time, msg: text }))]),
    );
    const page = renderReport({ ...run, logs });
    expect(page.split(sentinel).length).toBeGreaterThan(100);
    expect((await met(browser(), page)).misdeeds).toEqual(nothing);
  });

  it("would be seen if it acted: without escaping there is one in each family that does", async () => {
    const harmless = await met(browser(), bare("x"));
    for (const family of families) {
      let acts = false;
      for (const text of textsOf(family)) {
        const { elements, misdeeds } = await met(browser(), bare(text));
        acts = misdeeds.executed.length + misdeeds.requests.length > 0 || elements !== harmless.elements;
        if (acts) break;
      }
      expect(acts, family).toBe(true);
    }
  });

  it("comes in more than three hundred forms", () => {
    expect(injections.length).toBeGreaterThan(300);
  });
});

describeInBrowser("a page that does act, in a browser", (browser) => {
  it.each([
    ["a dialog", "<script>alert(1)</script>", { executed: ["alert: 1"], requests: [] }],
    ["a global", `<b onfocus=window.${sentinel}=1>`, { executed: ["global"], requests: [] }],
    ["the console", `<b onclick=console.log('${sentinel}')>`, { executed: [`console: ${sentinel}`], requests: [] }],
    [
      "a request",
      `<img src=http://${forbiddenHost}/>`,
      { executed: [], requests: [`image: http://${forbiddenHost}/`] },
    ],
  ])("is seen by %s", async (_name, text, seen) => {
    expect((await met(browser(), `<!doctype html><body>${text}`)).misdeeds).toEqual(seen);
  });

  it("is seen by a connection that no request of a page stands for", async () => {
    await browser().open(`<!doctype html><link rel=preconnect href=https://${forbiddenHost}/>`);
    const requests = async () => (await browser().misdeeds()).requests;
    await expect.poll(requests, { timeout: 20_000 }).toContain(`by the proxy: CONNECT ${forbiddenHost}:443 HTTP/1.1`);
  });
});

/** What a report without any escaping would be. */
const bare = (text: string): string =>
  `<!doctype html><meta charset="utf-8"><title>${text}</title><body><p title="${text}">${text}</p><p title='${text}'>end</p></body>`;
