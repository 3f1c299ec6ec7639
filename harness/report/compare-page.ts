import type { Comparison } from "../model/compare/comparison.ts";
import { ruleOfChange } from "../model/compare/rule-of-change.ts";
import { type CompareGroup, type CompareLine, compareView } from "./compare-view.ts";
import { htmlDocument } from "./document.ts";
import { type Html, html } from "./html.ts";
import { scrolling } from "./table.ts";

/** A comparison as one HTML file; all of it that came from the runs is escaped. */
export function renderComparison(comparison: Comparison): string {
  const view = compareView(comparison);
  const { headline, scenario, sign, tone, undecided, remedy, warnings } = view;
  const reasons = [...undecided, ...warnings];
  const content = html`<header class="banner ${tone}">
<p class="scenario">${scenario}</p>
<h1><span class="icon" aria-hidden="true">${sign}</span> ${headline}</h1>
<p class="sentence">${view.summary}. No change found in ${view.unchanged}.</p>
${reasons.length > 0 && html`<ul class="reasons">${reasons.map((one) => html`<li>${one}</li>`)}</ul>`}
${remedy.map((one) => html`<div class="replay"><span>more runs</span><pre><code>${one}</code></pre></div>`)}
</header>
${view.groups.filter(({ lines, none }) => lines.length > 0 || none !== "").map(section)}
<section aria-labelledby="about"><h2 id="about">What was compared</h2>
<dl class="facts">${view.sides.map(({ name, text }) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}
${view.tooFew !== "" && html`<div><dt>too few to tell</dt><dd>${view.tooFew}</dd></div>`}</dl>
</section>
<p class="end">${ruleOfChange} Base and run are the means of their runs (of figures the medians); the difference, its interval and p are of these.</p>`;
  return htmlDocument(`${headline}: ${scenario}`, content);
}

function section(group: CompareGroup): Html {
  const { id, title, lines, none } = group;
  const content = lines.length === 0 ? html`<p class="empty">${none}</p>` : scrolling(title, table(group));
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${content}
</section>`;
}

const marks = { worse: "✗ worse: ", better: "✓ better: ", "": "" } as const;

function table({ lines, columns }: CompareGroup): Html {
  const rows = lines.map(
    (line) => html`<tr><th scope="row">${marks[line.mark]}${line.what}</th>${cellsOf(line, columns.length)}</tr>
`,
  );
  const names = columns.map(
    (name, index) => html`<th scope="col" class="${index < 2 ? "number" : "words"}">${name}</th>`,
  );
  return html`<table class="compared"><thead><tr><td></td>${names}</tr></thead><tbody>${rows}</tbody></table>`;
}

function cellsOf({ before, after, by, range, sure }: CompareLine, count: number): readonly Html[] {
  const words = [by, range, sure].slice(0, count - 2).map((text) => html`<td class="words">${text}</td>`);
  return [html`<td>${before}</td><td>${after}</td>`, ...words];
}
