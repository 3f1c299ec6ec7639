import { expect } from "vitest";
import type { StoredRun } from "../../model/run.ts";
import { renderReport } from "../index.ts";
import type { ReportBrowser } from "./browser.ts";
import { talkativeRun, withText } from "./hostile.ts";
import { poke, structure } from "./in-page.ts";
import { injections } from "./injections.ts";
import { sampleRun } from "./sample-run.ts";

const sample = sampleRun({ verdict: "fail", perSecond: 2 });
/** As small as it can be with everything in it, since it is rendered and opened for each text. */
export const run = talkativeRun({
  ...sample,
  logs: Object.fromEntries(
    Object.entries(sample.logs).map(([name, lines]) => [name, lines.filter((_, at) => at % 20 === 0)]),
  ),
});
const policy = /<meta http-equiv="Content-Security-Policy"[^>]*>/;

export const families = [...new Set(injections.map(({ family }) => family))];
export const nothing = { executed: [], requests: [] };

export function textsOf(family: string): readonly string[] {
  return injections.filter((one) => one.family === family).map(({ text }) => text);
}

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
export async function met(browser: ReportBrowser, html: string) {
  const page = await browser.open(html);
  const elements = await page.evaluate(structure);
  await page.evaluate(poke);
  return { elements, misdeeds: await browser.misdeeds() };
}

/** Each in every field of a page of its own, without the policy: the page does nothing, and is made of what it was. */
export async function expectHarmless(browser: ReportBrowser, texts: readonly string[]): Promise<void> {
  const harmless = await met(browser, withoutPolicy(renderReport(hostile("x"))));
  expect(harmless.misdeeds).toEqual(nothing);
  for (const text of texts) {
    const { elements, misdeeds } = await met(browser, withoutPolicy(renderReport(hostile(text))));
    expect(misdeeds, JSON.stringify(text)).toEqual(nothing);
    expect(elements, JSON.stringify(text)).toBe(harmless.elements);
  }
}
