import { type Exploration, judgedOf, type Reproducer, type Share, type Tried } from "../model/explore/exploration.ts";
import { timingOf } from "../model/fault.ts";
import { wilson } from "../model/measure/proportion.ts";
import { duration, percent, plural } from "../model/quantities.ts";
import type { Verdict } from "../model/verdict.ts";
import { htmlDocument } from "./document.ts";
import { type Html, html } from "./html.ts";
import { scrolling } from "./table.ts";
import { verdictIcons } from "./words.ts";

/**
 * What an exploration found, and what it tried, as one HTML file.
 * @param runs the folder of the run folders, from where the page lies
 */
export function renderExploration(exploration: Exploration, runs: string): string {
  const { reproducers, singles, pairs, seed, scenario, tookMs } = exploration;
  const { schedules, judged } = judgedOf(exploration);
  const { verdict, icon, title } = headOf(exploration);
  const tried = singles.filter((one) => one.verdict !== "not tried").length;
  const content = html`<header class="banner ${verdict}">
<p class="scenario">Explored: ${scenario}</p>
<h1><span class="icon" aria-hidden="true">${icon}</span> ${title}</h1>
<p class="sentence">${judged} of ${plural(schedules, "schedule")} judged, by ${plural(exploration.runs, "run")} in ${duration(tookMs)}, of which ${exploration.inconclusive} came to no verdict; ${tried} of ${plural(singles.length, "single fault")} tried, and ${plural(pairs, "pair")}.</p>
</header>
${whyUndecided(exploration, runs)}${reproducers.map((one, index) => card(one, `found-${index}`, runs))}
<section aria-labelledby="tried"><h2 id="tried">What was tried</h2>
<p class="quiet">Each thing that can be broken, alone. Several were tried in one run, one after the other: where that failed, each of them is counted as part of a run that failed.</p>
${list("In a run that failed", singles, "fail")}${list("In a run that came to no verdict", singles, "inconclusive")}${list("Held", singles, "pass")}${list("Not tried", singles, "not tried")}</section>
<p class="end">Seed ${seed}: the same seed gives the same schedules. Intervals are Wilson's; each bound holds at 95 %.</p>`;
  return htmlDocument(`${title}: ${scenario}`, content);
}

/** Nothing was found only where something was judged. */
function headOf(exploration: Exploration): {
  readonly verdict: Verdict;
  readonly icon: string;
  readonly title: string;
} {
  const { reproducers } = exploration;
  const { schedules, judged } = judgedOf(exploration);
  const head = (verdict: Verdict, title: string) => ({ verdict, icon: verdictIcons[verdict], title });
  if (reproducers.length > 0) return head("fail", `${plural(reproducers.length, "failure")} found`);
  if (judged === 0) return head("inconclusive", `None of ${plural(schedules, "schedule")} could be judged`);
  if (judged < schedules) return head("pass", `Nothing found in ${judged} of ${schedules} schedules`);
  return head("pass", "Nothing found");
}

function whyUndecided({ reasons = [] }: Exploration, runs: string): Html | false {
  const items = reasons.map(
    ({ reason, remedy, schedules, run }) =>
      html`<li>${plural(schedules, "schedule")}: ${reason}.${remedy !== undefined && html` ${remedy}`}${run !== undefined && html` <a href="${runs}/${encodeURIComponent(run.toWellFormed())}/report.html">Report of the first</a>`}</li>`,
  );
  return (
    reasons.length > 0 &&
    html`<section aria-labelledby="undecided"><h2 id="undecided">What could not be judged</h2>
<ul class="reasons">${items}</ul></section>
`
  );
}

function card(
  { name, checks, schedule, isMinimal, undecidedParts = 0, with: withIt, without, file, replay, run }: Reproducer,
  id: string,
  runs: string,
): Html {
  const rows = schedule.map(
    (one) => html`<tr><th scope="row">${one.title}</th><td class="words">${timingOf(one)}</td></tr>
`,
  );
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${checks.map((check) => check.name).join(", ")}</h2>
<ul class="reasons">${checks.map(({ name: check, actual }) => html`<li><b>${check}</b>: ${actual}</li>`)}</ul>
${scrolling(`Schedule of ${name}`, html`<table><thead><tr><th scope="col">fault</th><th scope="col" class="words">when, in the phase of the faults</th></tr></thead><tbody>${rows}</tbody></table>`)}
<p class="never">With it ${shareOf(withIt)}, surely above ${percent(wilson(withIt.failed, withIt.runs).lower, "down")}; without it ${shareOf(without)}, surely below ${percent(wilson(without.failed, without.runs).upper, "up")}.${!isMinimal && ` It may not be the smallest: ${undecidedParts === 0 ? "there was no time, or it did not fail again" : `${plural(undecidedParts, "part")} of it could not be judged`}.`}</p>
<p class="never"><a href="${runs}/${encodeURIComponent(run.toWellFormed())}/report.html">The report of a run that failed</a>. The scenario: <code>${file}</code>. Again:</p>
<div class="replay"><pre><code>${replay}</code></pre></div></section>
`;
}

const shareOf = ({ failed, runs, undecided = 0 }: Share): string =>
  `${failed} of ${plural(runs, "run")} failed${undecided === 0 ? "" : ` (${undecided} more came to no verdict)`}`;

function list(title: string, singles: readonly Tried[], verdict: Tried["verdict"]): Html | false {
  const own = singles.filter((one) => one.verdict === verdict).map((one) => one.title);
  return own.length > 0 && html`<details><summary>${title}: ${own.length}</summary><p>${own.join("; ")}</p></details>`;
}
