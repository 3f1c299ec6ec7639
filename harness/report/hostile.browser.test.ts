import { expect, it } from "vitest";
import type { StoredRun } from "../model/run.ts";
import { renderReport } from "./index.ts";
import { forbiddenHost, type ReportBrowser, sentinel } from "./testing/browser.ts";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import { talkativeRun, withText } from "./testing/hostile.ts";
import { poke, structure } from "./testing/in-page.ts";
import { injections } from "./testing/injections.ts";
import { sampleRun } from "./testing/sample-run.ts";

const sample = sampleRun({ verdict: "fail", perSecond: 2 });
/** As small as it can be with everything in it, since it is rendered and opened for each text. */
const run = talkativeRun({
  ...sample,
  logs: Object.fromEntries(
    Object.entries(sample.logs).map(([name, lines]) => [name, lines.filter((_, at) => at % 20 === 0)]),
  ),
});
const policy = /<meta http-equiv="Content-Security-Policy"[^>]*>/;
const families = [...new Set(injections.map(({ family }) => family))];
const nothing = { executed: [], requests: [] };

/** The run with the text in every field, and in the fields of a line of JSON. */
function hostile(text: string): StoredRun {
  const time = Date.parse(run.record.startedAt) + run.record.phases.faults!.fromMs;
  const line = JSON.stringify({ level: 30, time, msg: `said${text}`, [`name${text}`]: { value: text } });
  const changed = withText(run, text, "around");
  return { ...changed, logs: { ...changed.logs, json: [line] } };
}

function withoutPolicy(page: string): string {
  if (!policy.test(page)) throw new Error("there is no policy to take away");
  return page.replace(policy, "");
}

/** What a page is made of, and what it did, after everything in it was touched. */
async function met(browser: ReportBrowser, html: string) {
  const page = await browser.open(html);
  const elements = await page.evaluate(structure);
  await page.evaluate(poke);
  return { elements, misdeeds: await browser.misdeeds() };
}

describeInBrowser("a hostile text in every field of a report, in a browser", (browser) => {
  it.each(families)(
    "%s runs nothing, asks for nothing and stays in its element, without the policy too",
    async (family) => {
      const harmless = await met(browser(), withoutPolicy(renderReport(hostile("x"))));
      expect(harmless.misdeeds).toEqual(nothing);
      for (const { text } of injections.filter((one) => one.family === family)) {
        const { elements, misdeeds } = await met(browser(), withoutPolicy(renderReport(hostile(text))));
        expect(misdeeds, JSON.stringify(text)).toEqual(nothing);
        expect(elements, JSON.stringify(text)).toBe(harmless.elements);
      }
    },
  );

  it("runs nothing with the policy either, all of them at once", async () => {
    const time = Date.parse(run.record.startedAt) + run.record.phases.faults!.fromMs;
    const logs = Object.fromEntries(
      families.map((family) => [
        family,
        injections.filter((one) => one.family === family).map(({ text }) => JSON.stringify({ time, msg: text })),
      ]),
    );
    const page = renderReport({ ...run, logs });
    expect(page.split(sentinel).length).toBeGreaterThan(100);
    expect((await met(browser(), page)).misdeeds).toEqual(nothing);
  });

  it("would be seen if it acted: without escaping there is one in each family that does", async () => {
    const harmless = await met(browser(), bare("x"));
    for (const family of families) {
      const texts = injections.filter((one) => one.family === family).map(({ text }) => text);
      let acts = false;
      for (const text of texts) {
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
