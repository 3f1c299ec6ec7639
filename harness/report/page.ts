import type { StoredRun } from "../model/run.ts";
import { facts, generator, missing, topology } from "./about-sections.ts";
import { chain } from "./chain-section.ts";
import { charts } from "./charts.ts";
import { type ReportData, reportData } from "./data.ts";
import { htmlDocument } from "./document.ts";
import { logs, operations, timeline } from "./evidence-sections.ts";
import { figures } from "./figures-section.ts";
import { type Html, html } from "./html.ts";
import { matrix } from "./matrix-section.ts";
import { receipts } from "./receipts-section.ts";
import { script } from "./script.ts";
import { banner, callouts, checks } from "./verdict-section.ts";
import { runWord } from "./words.ts";

/**
 * The report of a run as one file that asks the network for nothing and runs nothing but its own script, without which
 * it is complete.
 * @returns HTML; all of it that came from the run is escaped
 */
export function renderReport(run: StoredRun): string {
  const data = reportData(run);
  return htmlDocument(`${runWord(data)}: ${data.scenario.name}`, content(data), script);
}

const content = (data: ReportData): Html => html`${banner(data)}
${section("chain", data.verdict === "fail" ? "From the fault to the failure" : "What followed the fault", chain(data))}
${callouts(data)}
${section("checks", "Checks", checks(data))}
${section("charts", "What happened to the operations", charts(data))}
${section("receipts", "Faults and their receipts", receipts(data))}
${section("figures", "The fault in numbers", figures(data))}
${section("operations", "Operations by phase", operations(data))}
${section("matrix", "Faults by operations", matrix(data))}
${section("timeline", "Timeline", timeline(data))}
${section("logs", "Logs around the fault", logs(data))}
${section("system", "System", topology(data))}
${section("about", "About this run", about(data))}
<p class="end">Times are on the run's own clock, in seconds since it began, unless they say otherwise.</p>`;

const section = (id: string, title: string, content: Html): Html =>
  html`<section class="${id}" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${content}
</section>`;

const about = (data: ReportData): Html => html`${facts(data)}
<h3>The load generator on itself</h3>
${generator(data)}
<h3>What is missing</h3>
${missing(data)}`;
