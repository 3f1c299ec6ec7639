import type { CoverageWord } from "../model/measure/coverage.ts";
import { count } from "../model/quantities.ts";
import type { ReportData } from "./data.ts";
import { type Html, html } from "./html.ts";
import { scrolling } from "./table.ts";

/** Never colour alone. */
export const coverageIcons: Readonly<Record<CoverageWord, string>> = {
  "not exercised": "·",
  held: "✓",
  degraded: "~",
  violated: "✗",
};

/** More rows than anybody reads; a run that has more says so. */
const rowsAtMost = 60;

/** What each fault met, and what became of it: fault by operation. */
export function matrix({ coverage, windows, verdict }: ReportData): Html {
  if (coverage.length === 0) return html`<p class="empty">No fault met any operation.</p>`;
  const titles = new Map(windows.map(({ injection, title }) => [injection, title]));
  const operations = [...new Set(coverage.map(({ operation }) => operation))];
  const injections = [...Map.groupBy(coverage, ({ injection }) => injection)];
  const rows = injections.slice(0, rowsAtMost).map(
    ([
      injection,
      cells,
    ]) => html`<tr><th scope="row">${titles.get(injection) ?? `${injection}, never injected`}</th>${cells.map(cell)}</tr>
`,
  );
  const head = html`<tr><th scope="col">fault</th>${operations.map((name) => html`<th scope="col">${name}</th>`)}</tr>`;
  const designed = verdict === "pass" ? " as designed: the run's checks allow it" : "";
  const left = injections.length - rows.length;
  return html`<p class="quiet">✓ held: all that crossed the proven fault were ok. ~ degraded${designed}: some were not ok, and broke no check. ✗ violated: one broke a check once the fault had begun. · not exercised: none crossed it.</p>
${scrolling("Faults by operations", html`<table class="matrix"><thead>${head}</thead><tbody>${rows}</tbody></table>`)}
${left > 0 && html`<p class="quiet">${count(left)} more rows left out.</p>`}`;
}

function cell({ word, crossed, notOk }: ReportData["coverage"][number]): Html {
  const numbers =
    crossed > 0 &&
    html` <span class="quiet">${notOk === 0 ? count(crossed) : `${count(notOk)} of ${count(crossed)}`}</span>`;
  return html`<td class="cell ${word.replace(" ", "-")}"><b>${coverageIcons[word]} ${word}</b>${numbers}</td>`;
}
