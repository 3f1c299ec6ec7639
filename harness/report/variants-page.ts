import { ruleOfChange } from "../model/compare/rule-of-change.ts";
import type { VariantsCompared } from "../model/compare/variants.ts";
import { worst } from "../model/verdict.ts";
import { htmlDocument } from "./document.ts";
import { type Html, html } from "./html.ts";
import { scrolling } from "./table.ts";
import { type VariantCell, type VariantsView, variantsView } from "./variants-view.ts";
import { checkWords, verdictIcons } from "./words.ts";

/** The variants of a scenario's system beside each other, as one HTML file that lies beside the run folders. */
export function renderVariants(compared: VariantsCompared): string {
  const view = variantsView(compared);
  const { scenario, name, seed } = compared;
  const verdict = worst(view.columns.map((one) => one.verdict));
  const names = view.columns.map((one) => one.name);
  const reasons = [...view.undecided, ...view.warnings];
  const content = html`<header class="banner ${verdict}">
<p class="scenario">${scenario}</p>
<h1>What each variant gains and loses</h1>
<p class="sentence">${name}: ${names.join(", ")}, one after the other, under the same load and the same faults.</p>
${reasons.length > 0 && html`<ul class="reasons">${reasons.map((one) => html`<li>${one}</li>`)}</ul>`}
${view.remedy.map((one) => html`<div class="replay"><span>more runs</span><pre><code>${one}</code></pre></div>`)}
</header>
<section aria-labelledby="laws"><h2 id="laws">What each check saw</h2>
${scrolling("What each check saw", laws(view))}</section>
<section aria-labelledby="operations"><h2 id="operations">While the faults lasted</h2>
<p class="quiet">The share of operations that were ok, and the latency of those.</p>
${scrolling("While the faults lasted", operations(view))}</section>
<section aria-labelledby="numbers"><h2 id="numbers">Where they differ</h2>
<p class="quiet">Metrics of the others as their difference from ${names[0]}, with the interval of 95 %: ✓ better, ✗ worse; without a sign it may be chance. Figures of the fault as they are, not tested. ${ruleOfChange}</p>
${view.rows.length === 0 ? html`<p class="empty">No number differs by as much as is worth a word.</p>` : scrolling("Where they differ", numbers(view))}</section>
<section aria-labelledby="balance"><h2 id="balance">Gains and losses against ${names[0]}</h2>
<p class="quiet">Of what is measured; whether a law held, and by how much, is told above.</p>
${scrolling("Gains and losses", balances(view))}</section>
<p class="end">Seed ${seed}. With all p-values: <code>faultline compare</code> with the folders of two runs.</p>`;
  return htmlDocument(`Variants: ${scenario}`, content);
}

const head = ({ columns }: VariantsView): Html =>
  html`<tr><td></td>${columns.map(
    ({ name, verdict, runs }) =>
      html`<th scope="col" class="words">${name}<br><a href="${encodeURIComponent((runs[0] ?? "").toWellFormed())}/report.html">${verdictIcons[verdict]} ${verdict}</a></th>`,
  )}</tr>`;

function numbers(view: VariantsView): Html {
  const signs = { better: "✓ ", worse: "✗ ", "": "" } as const;
  const cell = ({ text, range, change }: VariantCell): Html =>
    html`<td class="words ${change}">${signs[change]}${text} <span class="quiet">${range}</span></td>`;
  const rows = view.rows.map(
    ({ what, cells }) => html`<tr><th scope="row">${what}</th>${cells.map(cell)}</tr>
`,
  );
  return html`<table class="variants"><thead>${head(view)}</thead><tbody>${rows}</tbody></table>`;
}

function balances({ balances: all }: VariantsView): Html {
  const list = (items: readonly string[]): Html =>
    items.length === 0 ? html`–` : html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
  const rows = all.map(
    ({ name, gains, loses }) =>
      html`<tr><th scope="row">${name}</th><td class="words">${list(gains)}</td><td class="words">${list(loses)}</td></tr>
`,
  );
  return html`<table class="variants"><thead><tr><td></td><th scope="col" class="words">gains</th><th scope="col" class="words">loses</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function operations(view: VariantsView): Html {
  const rows = view.operations.map(
    ({ what, cells }) =>
      html`<tr><th scope="row">${what}</th>${cells.map((text) => html`<td class="words">${text}</td>`)}</tr>
`,
  );
  return html`<table class="variants"><thead>${head(view)}</thead><tbody>${rows}</tbody></table>`;
}

function laws(view: VariantsView): Html {
  const rows = view.checks.map(
    ({ title, cells }) =>
      html`<tr><th scope="row">${title}</th>${cells.map(({ verdict, actual }) => html`<td class="words"><b>${verdictIcons[verdict]} ${checkWords[verdict]}</b><br>${actual}</td>`)}</tr>
`,
  );
  return html`<table class="variants"><thead>${head(view)}</thead><tbody>${rows}</tbody></table>`;
}
