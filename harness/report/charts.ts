import { outcomes } from "../model/history.ts";
import { clock, count, duration, plural, stretch } from "../model/quantities.ts";
import { chartSizes, injectionsOf } from "./chart-frame.ts";
import type { ReportData } from "./data.ts";
import { tookBands } from "./heat.ts";
import { heatChart } from "./heat-chart.ts";
import { type Html, type HtmlValue, html } from "./html.ts";
import { lanesChart, withoutLane } from "./lanes-chart.ts";
import { latencyChart } from "./latency-chart.ts";
import { isHatched, outcomeChart } from "./outcome-chart.ts";
import { lineNames, pointFloors } from "./series.ts";
import { scrolling } from "./table.ts";
import { outcomeMeanings } from "./words.ts";

/** All charts, one below the other, on one time axis. */
export function charts(data: ReportData): Html {
  const hasOperations = data.operationsSeen > 0;
  return html`${injectionsOf(data).length > 1 && html`<p class="quiet">Where the faults' names have no room they have numbers; what those mean stands under Faults.</p>`}
${hasOperations ? latencyFigure(data) : html`<p class="empty">No operation was seen, so there is no latency to draw.</p>`}
${hasOperations && heatFigure(data)}
${hasOperations && outcomeFigure(data)}
${data.windows.length > 0 ? lanesFigure(data) : html`<p class="empty">No fault was injected.</p>`}`;
}

function figure(
  name: string,
  caption: HtmlValue,
  draw: (size: (typeof chartSizes)[number]) => Html,
  table: Html,
): Html {
  return html`<figure class="${name}"><figcaption>${caption}</figcaption>
${chartSizes.map(draw)}${table}</figure>`;
}

function latencyFigure(data: ReportData): Html {
  const title = "Response time";
  const { lines } = data.series;
  const hasLine = lineNames.some((name) => lines[name].some(({ ms }) => ms !== null));
  const desc = `p50, p95, p99 and the maximum over ${plural(data.operationsSeen, "operation")}, logarithmic; ${faultWords(data)}`;
  const floors = `A point needs ${pointFloors.p50} operations for p50, ${pointFloors.p95} for p95, ${pointFloors.p99} for p99; with fewer there is a gap.`;
  const caption = html`<h3>${title}</h3><p>Of operations that were ok, from when they were due. ${!hasLine && html`<strong>None was ok.</strong> `}${floors}</p>`;
  const table = dataTable(data, ["ok", ...lineNames], (row) => [
    count(row.counts[0] ?? 0),
    ...lineNames.map((name) => duration(row[name])),
  ]);
  return figure("latency", caption, (size) => latencyChart(data, size, { title, desc }), table);
}

function heatFigure(data: ReportData): Html | false {
  if (data.heat.length === 0) return false;
  const title = "Response time of all operations";
  const desc = `How many operations were ok after how long, by the time that they were due; logarithmic; ${faultWords(data)}`;
  const caption = html`<h3>${title}</h3><p>Of those that were ok: the fuller a cell, the more of them.</p>`;
  const table = dataTable(
    data,
    tookBands.map(({ name }) => name),
    (_, index) => (data.bands[index] ?? []).map(count),
  );
  return figure("heat", caption, (size) => heatChart(data, size, { title, desc }), table);
}

function outcomeFigure(data: ReportData): Html {
  const title = "Operations per second, by outcome";
  const seen = outcomes.filter((_, code) => data.series.bars.some(({ counts }) => (counts[code] ?? 0) > 0));
  const desc = `Stacked bars of ${duration(data.series.barMs)}: ${seen.join(", ")}; ${faultWords(data)}`;
  const keys = seen.map(
    (outcome) =>
      html`<li><svg class="key" viewBox="0 0 14 14" aria-hidden="true"><path class="outcome ${outcome}" d="M0 0H14V14H0z"/>${isHatched(outcome) && html`<path class="hatch-ink" d="M0 14L14 0M-7 14L7 0M7 14L21 0"/>`}</svg> <b>${outcome}</b> ${outcomeMeanings[outcome]}</li>`,
  );
  const caption = html`<h3>${title}</h3><ul class="keys">${keys}</ul>`;
  const table = dataTable(data, ["all", ...seen], (row) => [
    count(row.total),
    ...seen.map((outcome) => count(row.counts[outcomes.indexOf(outcome)] ?? 0)),
  ]);
  return figure("outcomes", caption, (size) => outcomeChart(data, size, { title, desc }), table);
}

function lanesFigure(data: ReportData): Html {
  const title = "Faults";
  const more = withoutLane(data);
  const caption = html`<h3>${title}</h3><p>Thin: as requested. Thick, and hatched behind every chart: proven to act, until proven to be gone. ${more > 0 && `${more} more are in the table only.`}</p>`;
  const rows = data.windows.map(
    (window) => html`<tr><th scope="row">${window.title}<br><span class="quiet">${window.on}</span></th>
<td>${clock(window.requestedMs)}</td><td>${clock(window.provenMs ?? undefined)}</td><td>${clock(window.healRequestedMs ?? undefined)}</td><td>${clock(window.healProvenMs ?? undefined)}</td><td class="words">${sourceWords[window.source]}${window.error !== null && `: ${window.error}`}</td></tr>`,
  );
  const head = html`<tr><th scope="col">fault</th><th scope="col">requested</th><th scope="col">proven</th><th scope="col">heal requested</th><th scope="col">heal proven</th><th scope="col">known from</th></tr>`;
  const table = html`<details><summary>The same as a table</summary>${scrolling("Faults, as a table", html`<table><thead>${head}</thead><tbody>${rows}</tbody></table>`)}</details>`;
  return figure("lanes", caption, (size) => lanesChart(data, size, { title, desc: faultWords(data) }), table);
}

const sourceWords = { receipt: "a receipt", events: "events", plan: "the plan only" } as const;

/** What the shading says, for who cannot see it. */
function faultWords({ windows }: ReportData): string {
  if (windows.length === 0) return "no fault";
  const told = windows.slice(0, 4).map(({ title, on, requestedMs, provenMs, healProvenMs }) => {
    const proof = provenMs === null ? "never proven" : `proven at ${clock(provenMs)}`;
    return `${title} on ${on} requested at ${clock(requestedMs)}, ${proof}, healed ${healProvenMs === null ? "without proof" : `at ${clock(healProvenMs)}`}`;
  });
  return `${told.join("; ")}${windows.length > 4 ? `; and ${windows.length - 4} more` : ""}`;
}

type Row = ReportData["series"]["rows"][number];

function dataTable(
  data: ReportData,
  names: readonly string[],
  cells: (row: Row, index: number) => readonly string[],
): Html {
  const { rows, rowMs, barMs } = data.series;
  const thinned =
    rowMs > barMs ? ` Rows of ${duration(rowMs)}: wider than in the drawing, so that they can be read.` : "";
  const body = rows.map(
    (row, index) =>
      html`<tr data-at="${row.fromMs}"><th scope="row">${stretch(row.fromMs, row.toMs)}</th>${cells(row, index).map((cell) => html`<td>${cell}</td>`)}</tr>`,
  );
  const head = html`<tr><th scope="col">due in</th>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr>`;
  return html`<details><summary>The same as a table</summary><p class="quiet">By the time that operations were due, on the run's clock.${thinned}</p>
${scrolling("Chart data, as a table", html`<table data-rows="time"><thead>${head}</thead><tbody>${body}</tbody></table>`)}</details>`;
}
