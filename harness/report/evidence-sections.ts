import { outcomes } from "../model/history.ts";
import { percentileFloors } from "../model/measure/summary.ts";
import { clock, count, duration, percent, relative } from "../model/quantities.ts";
import type { ReportData } from "./data.ts";
import { type Html, html } from "./html.ts";
import type { LogExcerpt } from "./logs.ts";
import type { OperationTable, PhaseRow } from "./operations.ts";
import { scrolling } from "./table.ts";
import { phaseLabels } from "./words.ts";

/** Each operation in each phase, one below the other, so that a column compares. */
export function operations(data: ReportData): Html {
  if (data.operations.length === 0) return html`<p class="empty">No operation was seen.</p>`;
  const names = ["", "due", "ok", ...outcomes.slice(1), "p50", "p95", "p99", "max"];
  const head = html`<tr>${names.map((name) => (name === "" ? html`<td></td>` : html`<th scope="col">${name}</th>`))}</tr>`;
  const table = html`<table class="operations"><thead>${head}</thead>${data.operations.map((each) => group(each, names.length))}</table>`;
  const floors = `p50 from ${percentileFloors.p50} ok operations on, p95 from ${percentileFloors.p95}, p99 from ${count(percentileFloors.p99)}; below that “–”.`;
  return html`<p class="quiet">Response times of the operations that were ok, from when they were due: ${floors} Without the warm-up.</p>
${scrolling("Operations by phase", table)}`;
}

function group({ name, effect, phases }: OperationTable, columns: number): Html {
  const what = effect !== null && effect !== "none" && html` <span class="quiet">${effect}</span>`;
  return html`<tbody><tr class="group"><th scope="rowgroup" colspan="${columns}">${name}${what}</th></tr>${phases.map(phaseRow)}</tbody>`;
}

function phaseRow(row: PhaseRow): Html {
  const bad = row.counts
    .slice(1)
    .map((number) => html`<td class="${number > 0 ? "bad" : "zero"}">${count(number)}</td>`);
  const times = [row.p50, row.p95, row.p99, row.max].map((ms) => html`<td>${duration(ms)}</td>`);
  return html`<tr class="${row.phase}"><th scope="row">${phaseLabels[row.phase]}</th><td>${count(row.total)}</td><td>${percent(row.okShare ?? undefined)}</td>${bad}${times}</tr>
`;
}

export function timeline(data: ReportData): Html {
  const { rows, leftOut } = data.timeline;
  if (rows.length === 0) return html`<p class="empty">No event was recorded.</p>`;
  const body = rows.map(
    ({ atMs, fromFaultMs, tone, what, detail }) =>
      html`<tr class="${tone}"><td>${clock(atMs)}</td><td>${fromFaultMs !== null && relative(fromFaultMs)}</td><td class="words">${what}${detail !== "" && html` <span class="quiet">${detail}</span>`}</td></tr>
`,
  );
  const head = html`<tr><th scope="col">on the clock</th><th scope="col">from the fault</th><th scope="col">what happened</th></tr>`;
  const cut =
    leftOut > 0 && html`<p class="empty">${count(leftOut)} later events are left out; all are in events.jsonl.</p>`;
  return html`${scrolling("Timeline", html`<table class="timeline"><thead>${head}</thead><tbody>${body}</tbody></table>`)}${cut}`;
}

export function logs(data: ReportData): Html {
  if (data.logs.length === 0) return html`<p class="empty">There are no logs.</p>`;
  const intro = html`<p class="quiet">Two seconds around each transition of a fault and each unexpected end; times from the fault.</p>`;
  return html`${intro}${data.logs.map((log) => excerpt(log, data.firstFaultMs ?? 0))}`;
}

function excerpt({ instance, lines, cut }: LogExcerpt, zeroMs: number): Html {
  const text = lines.map(
    ({ atMs, text }) => html`<i>${atMs === null ? "" : relative(atMs - zeroMs)}</i> ${text}
`,
  );
  const size =
    lines.length === 0
      ? "nothing near a transition"
      : `${count(lines.length)} ${lines.length === 1 ? "line" : "lines"}`;
  const body = lines.length > 0 && html`<pre tabindex="0" role="group" aria-label="Log of ${instance}">${text}</pre>`;
  return html`<details class="log"><summary>${instance} <span class="quiet">${size}</span></summary>${cut !== "" && html`<p class="quiet">${cut}</p>`}${body}</details>
`;
}
