import { clock, plural } from "../model/quantities.ts";
import type { ReportData } from "./data.ts";
import { type Html, html } from "./html.ts";

/** From the fault to the failure, in order; each link with what it was read from. */
export function chain({ chain: { links, leftOut, earlierFaults } }: ReportData): Html {
  if (links.length === 0) {
    return html`<p class="empty">No proven fault came before what broke a check, or nothing was recorded after it.</p>`;
  }
  const items = links.map(
    ({ atMs, what, source }) =>
      html`<li><b>${clock(atMs)}</b> ${what} <span class="quiet">${source}</span></li>
`,
  );
  const earlier = earlierFaults > 0 && html`${plural(earlierFaults, "fault")} before it was over by then. `;
  const more = leftOut > 0 && html`${leftOut} more of this kind had no room here; the timeline and the logs have all. `;
  return html`<ol>${items}</ol>
<p class="quiet">In the order of the run's clock, each from what was recorded. ${earlier}${more}That one came after the other is no proof that it came of it.</p>`;
}
