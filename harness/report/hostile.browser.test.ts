import { describe, expect, it } from "vitest";
import type { StoredRun } from "../model/run.ts";
import { renderReport } from "./index.ts";
import { describeInBrowser, type ReportBrowser } from "./testing/browser.ts";
import { type Placement, talkativeRun, withText } from "./testing/hostile.ts";
import { poke, structure } from "./testing/in-page.ts";
import { type Injection, injections } from "./testing/injections.ts";
import { sampleRun } from "./testing/sample-run.ts";

const run = talkativeRun(sampleRun({ verdict: "fail", perSecond: 2 }));
const policy = /<meta http-equiv="Content-Security-Policy"[^>]*>/;
const placements: readonly Placement[] = ["behind", "around"];
const families = [...new Set(injections.map(({ family }) => family))];

/** The run with the text in every field, and in the fields of a line of JSON. */
function hostile(text: string, placement: Placement): StoredRun {
  const time = Date.parse(run.record.startedAt) + run.record.phases.faults!.fromMs;
  const line = JSON.stringify({ level: 30, time, msg: `said${text}`, [`name${text}`]: { value: text } });
  const changed = withText(run, text, placement);
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
  // What was touched may act a moment later: two frames, and what is queued.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0)));
  return { elements, misdeeds: await browser.misdeeds() };
}

describeInBrowser("a hostile text in every field of a report, in a browser", (browser) => {
  const nothing = { executed: [], requests: [] };

  describe.each(placements)("%s what stands there", (placement) => {
    it.each(families)(
      "of the kind %s runs nothing, asks for nothing and stays in its element, without the policy too",
      async (family) => {
        const harmless = await met(browser(), withoutPolicy(renderReport(hostile("x", placement))));
        expect(harmless.misdeeds).toEqual(nothing);
        for (const { text } of injections.filter((one) => one.family === family)) {
          const { elements, misdeeds } = await met(browser(), withoutPolicy(renderReport(hostile(text, placement))));
          expect(misdeeds, JSON.stringify(text)).toEqual(nothing);
          expect(elements.join("\n"), JSON.stringify(text)).toBe(harmless.elements.join("\n"));
        }
      },
    );
  });

  it("runs nothing with the policy either, all of them at once", async () => {
    const logs = {
      api: injections.map(({ text }) => text),
      json: injections.map(({ text }) => JSON.stringify({ msg: text })),
    };
    const { misdeeds } = await met(browser(), renderReport({ ...run, logs }));
    expect(misdeeds).toEqual(nothing);
  });

  it("is seen when it does act: of the texts that are not escaped most do", async () => {
    const harmless = await met(browser(), bare("x"));
    const acted = new Set<Injection>();
    const ran = new Set<string>();
    for (const injection of injections) {
      const { elements, misdeeds } = await met(browser(), bare(injection.text));
      if (misdeeds.executed.length > 0) ran.add(injection.family);
      if (misdeeds.executed.length + misdeeds.requests.length > 0) acted.add(injection);
      else if (elements.join() !== harmless.elements.join()) acted.add(injection);
    }
    console.log(
      injections.length,
      acted.size,
      [...ran],
      families.map((f) => [
        f,
        injections.filter((i) => i.family === f).length,
        [...acted].filter((i) => i.family === f).length,
      ]),
    );
  });
});

/** What a report without any escaping would be. */
const bare = (text: string): string =>
  `<!doctype html><meta charset="utf-8"><title>${text}</title><body><p title="${text}">${text}</p><p title='${text}'>end</p></body>`;
