import { clock, count, duration, plural } from "../model/quantities.ts";
import type { ReportData } from "./data.ts";
import { type Html, html } from "./html.ts";
import { scrolling } from "./table.ts";
import { faultsIn, topologyPicture } from "./topology-picture.ts";

export function topology(data: ReportData): Html {
  const faulted = faultsIn(data.topology);
  const items = faulted.map(({ place, titles }) => html`<li>⚡ <b>${place}</b> ${titles.join(", ")}</li>`);
  return html`<figure class="system">${scrolling("Components and links, as a picture", topologyPicture(data.topology))}
<figcaption>${faulted.length === 0 ? "Nothing was acted on." : html`<ul class="plain">${items}</ul>`}</figcaption></figure>`;
}

/** Can a latency claim rest on this run? */
export function generator({ generator: report }: ReportData): Html {
  if (report === null) return html`<p class="empty">The load generator did not report on itself.</p>`;
  const { planned, recorded, dispatched, overflow, tainted } = report;
  const isSound = overflow === 0 && tainted.length === 0;
  const verdict = isSound
    ? "It kept up: no operation found it without a place, and it was never late."
    : "It did not always keep up: claims about latency are weaker where it was late.";
  const numbers = html`<p>${count(planned)} planned, ${count(dispatched)} dispatched, ${count(recorded)} recorded, ${count(overflow)} without a place. Sent later than due: p50 ${duration(report.lagP50Ms)}, p99 ${duration(report.lagP99Ms)}, at most ${duration(report.lagMaxMs)}.</p>`;
  const shown = tainted.slice(0, 50);
  const windows = shown.map(({ fromMs, toMs, reason }) => html`<li>${clock(fromMs)} to ${clock(toMs)}: ${reason}</li>`);
  const more =
    tainted.length > shown.length &&
    html`<p class="quiet">and ${plural(tainted.length - shown.length, "more window")}.</p>`;
  return html`<p><b>${verdict}</b></p>${numbers}${tainted.length > 0 && html`<details><summary>${plural(tainted.length, "window")} in which it was late</summary><ul>${windows}</ul>${more}</details>`}`;
}

export function facts(data: ReportData): Html {
  return html`<dl class="facts">${data.facts.map(({ name, value }) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

export function missing(data: ReportData): Html {
  if (data.missing.length === 0) return html`<p class="quiet">Nothing: all parts of the run were there.</p>`;
  return html`<ul class="missing">${data.missing.map((sentence) => html`<li>${sentence}</li>`)}</ul>`;
}
