import type { Comparison } from "../model/compare/comparison.ts";
import { ruleOfChange } from "../model/compare/rule-of-change.ts";
import { type CompareLine, columnNames, compareView } from "./compare-view.ts";
import { htmlDocument } from "./document.ts";
import { type Html, html } from "./html.ts";
import { scrolling } from "./table.ts";

/** A comparison as one HTML file; all of it that came from the runs is escaped. */
export function renderComparison(comparison: Comparison): string {
  const view = compareView(comparison);
  const { headline, scenario, worse, better, told } = view;
  const isWorse = headline === "Worse";
  const content = html`<header class="banner ${isWorse ? "fail" : "pass"}">
<p class="scenario">${scenario}</p>
<h1><span class="icon" aria-hidden="true">${isWorse ? "✗" : "✓"}</span> ${headline}</h1>
<p class="sentence">${view.summary}. Unchanged: ${view.unchanged}.</p>
${view.warnings.length > 0 && html`<ul class="reasons">${view.warnings.map((one) => html`<li>${one}</li>`)}</ul>`}
</header>
${section("worse", "Worse", worse, "Nothing got worse.")}
${section("better", "Better", better, "Nothing got better.")}
${section("told", "Told, not tested", told, "No figure differs by as much as is worth a word.")}
<section aria-labelledby="about"><h2 id="about">What was compared</h2>
<dl class="facts">${view.sides.map(({ name, text }) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}
${view.tooFew !== "" && html`<div><dt>too few pairs to tell</dt><dd>${view.tooFew}</dd></div>`}</dl>
</section>
<p class="end">${ruleOfChange} Intervals are of 95 %.</p>`;
  return htmlDocument(`${headline}: ${scenario}`, content);
}

function section(id: string, title: string, lines: readonly CompareLine[], none: string): Html {
  const content = lines.length === 0 ? html`<p class="empty">${none}</p>` : scrolling(title, table(lines));
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${content}
</section>`;
}

function table(lines: readonly CompareLine[]): Html {
  const rows = lines.map(
    ({ what, before, after, by, sure }) =>
      html`<tr><th scope="row">${what}</th><td>${before}</td><td>${after}</td><td class="words">${by}</td><td class="words">${sure}</td></tr>
`,
  );
  const names = columnNames(lines).map((name, index) =>
    name === "" ? html`<td></td>` : html`<th scope="col" class="${index < 2 ? "number" : "words"}">${name}</th>`,
  );
  return html`<table class="compared"><thead><tr><td></td>${names}</tr></thead><tbody>${rows}</tbody></table>`;
}
