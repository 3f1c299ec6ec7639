import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { html } from "./html.ts";
import { hostileTexts, talkativeRun, withText } from "./testing/hostile.ts";
import { sampleRun } from "./testing/sample-run.ts";
import { scriptless, skeletonOf } from "./testing/skeleton.ts";
import { plain } from "./text.ts";

const run = sampleRun({ verdict: "fail", perSecond: 10 });
const talkative = talkativeRun(run);
const expected = skeletonOf(scriptless(withText(talkative, "x")));
// Everything of Cc but tab and line feed, everything of Cf, and the separators.
const forbidden = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe("a hostile text", () => {
  it.each(hostileTexts)("in every field changes no tag and no attribute: %j", (text) => {
    const page = scriptless(withText(talkative, text));
    expect(skeletonOf(page)).toEqual(expected);
    expect(page).not.toMatch(forbidden);
    expect(page.isWellFormed()).toBe(true);
  });

  it("is shown, not dropped, in each place", () => {
    const page = scriptless(withText(talkative, "<b>&"));
    for (const place of [
      "a reason",
      "late",
      "a note",
      "an error",
      "SIGKILL",
      "one part",
      "18.4",
      "storefront",
      "not seen",
    ]) {
      expect(page).toContain(`${place}&lt;b&gt;&amp;`);
    }
    expect(page).toContain("api-1&lt;b&gt;&amp;");
    expect(page).toContain("api-2&lt;b&gt;&amp; says that it is not ready");
    expect(page).toContain("connections of api-1&lt;b&gt;&amp; 3");
    expect(page).toContain("roundTripMs&lt;b&gt;&amp;");
  });

  it("made by fast-check, in every field, changes no tag either", () => {
    const pieces = fc.constantFrom(
      "<",
      ">",
      '"',
      "'",
      "&",
      "`",
      "/",
      "=",
      "<!--",
      "</",
      "\u202e",
      "\u001b[",
      "\0",
      "é",
      "x",
    );
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(pieces, { maxLength: 12 }).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        // Spaces alone would make an empty field of a log line, and that is another skeleton.
        const page = scriptless(withText(talkative, `x${text}`));
        expect(skeletonOf(page)).toEqual(expected);
        expect(page).not.toMatch(forbidden);
      }),
      { numRuns: 40 },
    );
  });

  it("in a log line of JSON stays a text", () => {
    const lines = hostileTexts.map((msg) =>
      JSON.stringify({ level: 30, time: Date.parse(run.record.startedAt) + 11_900, msg, [msg]: msg }),
    );
    const benign = hostileTexts.map(() =>
      JSON.stringify({ level: 30, time: Date.parse(run.record.startedAt) + 11_900, msg: "x", x: "x" }),
    );
    const [page, like] = [lines, benign].map((log) => scriptless({ ...run, logs: { api: log } }));
    expect(skeletonOf(page!)).toEqual(skeletonOf(like!));
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page).not.toMatch(forbidden);
  });
});

describe("the html tag", () => {
  it("escapes all values, wherever they stand, and joins nested ones", () => {
    const list = ["a<", "b"].map((item) => html`<li>${item}</li>`);
    expect(html`<ul title="${'"'}">${list}${false}${undefined}${null}${0}</ul>`.toString()).toBe(
      '<ul title="&quot;"><li>a&lt;</li><li>b</li>0</ul>',
    );
  });

  it("gives back every text that has nothing to strip", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const escaped = html`${text}`.toString();
        expect(escaped).not.toMatch(/[<>"'`]/);
        const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#96": "`" };
        expect(escaped.replace(/&(amp|lt|gt|quot|#39|#96);/g, (_, name: string) => entities[name] ?? "")).toBe(
          plain(text),
        );
      }),
    );
  });
});
