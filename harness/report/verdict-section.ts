import type { Interval } from "../model/check.ts";
import { relative } from "../model/quantities.ts";
import type { CheckResult } from "../model/verdict.ts";
import type { ReportData } from "./data.ts";
import { type Html, html } from "./html.ts";
import { scrolling } from "./table.ts";
import { oneLine } from "./text.ts";
import { actedFrom, actedUntil } from "./windows.ts";
import { witnessChart } from "./witness-chart.ts";
import { checkWords, phaseLabels, runWord, verdictIcons } from "./words.ts";

/** The first screen: what broke, why, and how to see it again. */
export function banner(data: ReportData): Html {
  const { verdict, passed, scenario } = data;
  const how = passed === "degraded as designed" && html` <span class="how">degraded as designed</span>`;
  return html`<header class="banner ${verdict}">
<p class="scenario">${scenario.name}</p>
<h1><span class="icon" aria-hidden="true">${verdictIcons[verdict]}</span> ${runWord(data)}${how}</h1>
<p class="sentence">${data.sentence}</p>
${data.cause !== null && html`<p class="remedy"><b>What to do:</b> ${oneLine(data.cause.remedy, 400)}</p>`}
${data.reasons.length > 0 && html`<ul class="reasons">${data.reasons.map((reason) => html`<li>${oneLine(reason, 240)}</li>`)}</ul>`}
${incomplete(data)}
<p class="expects"><b>Expected:</b> ${scenario.expects}</p>
<div class="replay"><span id="replay">See it again</span><pre tabindex="0" role="group" aria-labelledby="replay"><code>${data.replay}</code></pre></div>
</header>
`;
}

function incomplete({ status }: ReportData): Html | false {
  const words = {
    complete: "",
    interrupted: "was interrupted",
    failed: "did not complete",
    running: "has not ended yet",
  };
  return status !== "complete" && html`<p class="partial"><b>Partial report.</b> This run ${words[status]}.</p>`;
}

export function callouts(data: ReportData): Html {
  const items = data.callouts.map(
    ({ label, value, detail, tone }) =>
      html`<div class="callout ${tone}"><dt>${label}</dt><dd><b>${value}</b> <span>${detail}</span></dd></div>`,
  );
  return html`<dl class="callouts">${items}</dl>
`;
}

/** Broken ones first: they are what the reader came for. */
export function checks(data: ReportData): Html {
  const order = { fail: 0, inconclusive: 1, pass: 2 };
  const sorted = data.checks.toSorted((a, b) => order[a.verdict] - order[b.verdict]);
  if (sorted.length === 0) return html`<p class="empty">No check was judged.</p>`;
  const places = Map.groupBy(data.windows, ({ injection }) => injection);
  const shades = [...places.values()].map((windows) => ({
    fromMs: Math.min(...windows.map(actedFrom)) - (data.firstFaultMs ?? 0),
    toMs: Math.max(...windows.map((window) => actedUntil(window, data.series.toMs))) - (data.firstFaultMs ?? 0),
  }));
  return html`<ol class="checks">${sorted.map((result, index) => check(result, shades, `witnesses-${index}`))}</ol>`;
}

function check(result: CheckResult, shades: readonly Interval[], id: string): Html {
  const { verdict, title, law, expected, actual, phase, remedy } = result;
  return html`<li class="check ${verdict}">
<h3><span class="icon" aria-hidden="true">${verdictIcons[verdict]}</span> ${title} <span class="word">${checkWords[verdict]}</span></h3>
<dl><div><dt>actual</dt><dd class="actual">${actual}</dd></div><div><dt>expected</dt><dd>${expected}</dd></div>
${remedy !== undefined && html`<div><dt>remedy</dt><dd>${remedy}</dd></div>`}${phase !== undefined && html`<div><dt>phase</dt><dd>${phaseLabels[phase] ?? phase}</dd></div>`}<div><dt>law</dt><dd>${law}</dd></div></dl>
${result.witness.length > 0 && html`${witnessChart(result, shades, id)}${witnesses(result)}`}</li>
`;
}

function witnesses({ title, witness }: CheckResult): Html {
  const rows = witness.map(
    ({ id, operation, outcome, session, key, fromFaultMs, toFaultMs, violates, note }) =>
      html`<tr><td>${relative(fromFaultMs)}</td><th scope="row">${operation}</th><td class="words note">${violates ? html`<strong>${note}</strong>` : note}</td><td class="words">${outcome}</td><td>${relative(toFaultMs)}</td><td>${session}</td><td>${key}</td><td>${id}</td></tr>`,
  );
  const names = ["due", "operation", "what is remarkable", "outcome", "ended", "session", "key", "id"];
  const head = html`<tr>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr>`;
  const caption = html`<caption>Witnesses: times relative to the first injection</caption>`;
  return scrolling(
    `Witnesses of ${title}`,
    html`<table class="witnesses">${caption}<thead>${head}</thead><tbody>${rows}</tbody></table>`,
  );
}
