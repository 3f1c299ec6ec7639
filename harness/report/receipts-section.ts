import { metTraffic } from "../model/measure/crossings.ts";
import { bytes, clock, count, duration, plural } from "../model/quantities.ts";
import type { ReportData } from "./data.ts";
import { type Html, html } from "./html.ts";
import { scrolling } from "./table.ts";
import type { FaultWindow } from "./windows.ts";

/** More rows than anybody reads; a run that has more says so. */
const rowsAtMost = 100;

/** What proves that each fault acted, where it did, for how long, and what it met. */
export function receipts({ windows, crossings }: ReportData): Html {
  if (windows.length === 0) return html`<p class="empty">No fault was injected.</p>`;
  const crossed = new Map(crossings.map(({ injection, on, operations }) => [`${injection} ${on}`, operations]));
  const heads = ["fault", "on", "requested", "proven in", "acted for", "healed in", "operations", "over the link"];
  const head = html`<tr>${heads.map((text) => html`<th scope="col"${text === "on" && html` class="words"`}>${text}</th>`)}</tr>`;
  const rows = windows.slice(0, rowsAtMost).map(
    (
      window,
    ) => html`<tr><th scope="row">${window.title}</th><td class="words">${window.on}</td><td>${clock(window.requestedMs)}</td>${times(window)}<td>${met(crossed.get(`${window.injection} ${window.on}`))}</td><td>${carried(window)}</td></tr>
`,
  );
  const left = windows.length - rows.length;
  return html`<p class="quiet">Each proof was measured on the path that the fault acts on. Operations are those under way between proof and heal; on an entry instance or its links, those that were sent to it. Over the link went the connections that clients made, and the bytes both ways, from the injection to the heal.</p>
${scrolling("Faults and their receipts", html`<table class="receipts"><thead>${head}</thead><tbody>${rows}</tbody></table>`)}
${left > 0 && html`<p class="quiet">${plural(left, "more row")} left out.</p>`}`;
}

/** Nothing is filled in that was not measured. */
function times({ requestedMs, provenMs, healRequestedMs, healProvenMs, error }: FaultWindow): Html {
  const between = (from: number | null, to: number | null): string =>
    from === null || to === null ? "–" : duration(to - from);
  const proven = provenMs === null ? html`<b>${error ?? "never proven"}</b>` : html`${between(requestedMs, provenMs)}`;
  const healed =
    healProvenMs === null && provenMs !== null
      ? html`<b>never proven</b>`
      : html`${between(healRequestedMs, healProvenMs)}`;
  return html`<td>${proven}</td><td>${between(provenMs, healProvenMs)}</td><td>${healed}</td>`;
}

const met = (operations: number | undefined): string => (operations === undefined ? "–" : count(operations));

/** What was seen of a link's traffic while the fault acted; what was not counted is not made up. */
function carried({ traffic }: FaultWindow): string {
  if (traffic === null) return "–";
  if (metTraffic({ traffic }) === false) return "nothing";
  const { attempts, requestBytes, replyBytes } = traffic;
  const connections = attempts === undefined ? [] : [plural(attempts, "connection")];
  const amount =
    requestBytes === undefined && replyBytes === undefined ? [] : [bytes((requestBytes ?? 0) + (replyBytes ?? 0))];
  return [...connections, ...amount].join(", ") || "not counted";
}
