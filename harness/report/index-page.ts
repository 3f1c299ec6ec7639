import { type CoverageWord, coverageWords } from "../model/measure/coverage.ts";
import type { RecoveryWord } from "../model/measure/recovery.ts";
import { duration, plural } from "../model/quantities.ts";
import type { RunSummary } from "../model/run-summary.ts";
import { htmlDocument } from "./document.ts";
import { type Html, html } from "./html.ts";
import { coverageIcons } from "./matrix-section.ts";
import { type SparkPoint, sparkline } from "./sparkline.ts";
import { scrolling } from "./table.ts";
import { runWord, verdictIcons } from "./words.ts";

/** Of a scenario's runs so many are shown, the newest. */
const runsAtMost = 20;

/**
 * The overview of a folder of reports: scenarios by runs, and what was struck with what.
 * @param runs oldest first
 * @param unreadable how many lines of the history could not be read
 */
export function renderIndex(runs: readonly RunSummary[], unreadable: number): string {
  const title = "Reliability reports";
  const coverage = [...Map.groupBy(runs, ({ system }) => system)].map(([system, own], index) =>
    coverageMap(system, own, `coverage-${index}`),
  );
  return htmlDocument(
    title,
    html`<div class="index"><header><h1>${title}</h1>
<p class="sentence">${counted(runs)}</p>
${unreadable > 0 && html`<p class="partial">${plural(unreadable, "line")} of history.jsonl could not be read; <code>faultline index</code> makes it anew from the run folders.</p>`}</header>
<section aria-labelledby="runs"><h2 id="runs">Scenarios</h2>
${runs.length === 0 ? html`<p class="empty">There is no run yet.</p>` : scenarios(runs)}</section>
${coverage}</div>`,
  );
}

function counted(runs: readonly RunSummary[]): string {
  const [scenarioCount, rows] = [Map.groupBy(runs, ({ scenario }) => scenario).size, Map.groupBy(runs, rowOf).size];
  const variants = new Set(runs.flatMap(({ variant }) => variant ?? [])).size;
  const others = rows > scenarioCount ? `, also with ${plural(variants, "variant")} of the system` : "";
  return `${plural(runs.length, "run")} of ${plural(scenarioCount, "scenario")}${others}`;
}

/** A mutant of a system is another thing to be proven. */
const rowOf = ({ scenario, variant }: RunSummary): string =>
  variant === undefined ? scenario : `${scenario} (${variant})`;

function scenarios(runs: readonly RunSummary[]): Html {
  const rows = [...Map.groupBy(runs, rowOf)]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, own]) => {
      const shown = own.slice(-runsAtMost);
      const latest = own.at(-1)!;
      const left = own.length - shown.length;
      return html`<tr><th scope="row">${name}<br><span class="quiet">${latest.name}</span></th>
<td class="words">${shown.toReversed().map((run) => chip(run, run === latest))}${left > 0 && html` <span class="quiet">and ${left} older</span>`}</td>
<td class="words">${trend("p99 in the fault phase", shown.map(p99Point))}</td><td class="words">${trend("back after the heal", shown.map(recoveryPoint))}</td></tr>
`;
    });
  const head = html`<tr><th scope="col">scenario</th><th scope="col" class="words">runs, the newest first</th><th scope="col" class="words">p99 under the fault</th><th scope="col" class="words">recovery</th></tr>`;
  return scrolling("Scenarios", html`<table class="runs"><thead>${head}</thead><tbody>${rows}</tbody></table>`);
}

/** A run as a sign that leads to its report; the newest says its verdict in words. */
function chip({ id, verdict, seed, startedAt, status }: RunSummary, isNewest: boolean): Html {
  const word = runWord({ verdict, status });
  const partial = status === "complete" || word === "Interrupted" ? "" : `, ${status}`;
  const words = `${word}${partial}: ${startedAt.slice(0, 16).replace("T", " ")}, seed ${seed}`;
  return html`<a class="chip ${verdict}" href="${encodeURIComponent(id.toWellFormed())}/report.html" title="${words}" aria-label="${words}">${verdictIcons[verdict]}${isNewest && ` ${word}`}</a> `;
}

function trend(what: string, points: readonly SparkPoint[]): Html {
  const { words = "–", isBeyond } = points.at(-1) ?? {};
  const newest = html`<span class="${isBeyond === true ? "broken" : "quiet"}">${isBeyond === true ? html`<b>${words}</b>` : words}</span>`;
  const isDrawn = points.some(({ value, isBeyond: isCross }) => value !== null || isCross === true);
  return isDrawn ? html`${sparkline(what, points)} ${newest}` : newest;
}

const p99Point = ({ p99Ms }: RunSummary): SparkPoint => ({
  value: p99Ms,
  words: p99Ms === null ? "too few operations" : duration(p99Ms),
});

/** It never came back and users noticed nothing are no numbers, and not the same. */
const recoveryPoint = ({ recoveryMs, recovery = recoveryMs === null ? "not known" : "back" }: RunSummary): SparkPoint =>
  recoveryPoints[recovery](recoveryMs);

const recoveryPoints: Readonly<Record<RecoveryWord, (ms: number | null) => SparkPoint>> = {
  back: (value) => ({ value, words: duration(value) }),
  "not needed": () => ({ value: 0, words: "none needed" }),
  "not back": () => ({ value: null, words: "✗ not back", isBeyond: true }),
  "not known": () => ({ value: null, words: "cannot be told" }),
};

/** What the latest run of each scenario shows of each place, kind of fault and operation; the worst counts. */
function coverageMap(system: string, runs: readonly RunSummary[], id: string): Html {
  const latest = [
    ...Map.groupBy(
      runs.filter(({ variant }) => variant === undefined),
      ({ scenario }) => scenario,
    ).values(),
  ];
  const newest = latest.flatMap((own) => own.at(-1) ?? []);
  const unplaced = newest.flatMap(({ scenario, unplaced: titles = [] }) => titles.map((one) => `${one} (${scenario})`));
  const never = neverStruck(runs);
  if (newest.length === 0)
    return html`<section aria-labelledby="${id}"><h2 id="${id}">What was struck: ${system}</h2><p class="empty">There are only runs of its variants.</p>
${never}</section>`;
  const cells = Map.groupBy(
    newest.flatMap(({ coverage, verdict }) =>
      coverage.map((cell) => ({ ...cell, isUndecided: verdict === "inconclusive" })),
    ),
    ({ target, kind }) => `${target}\n${kind}`,
  );
  const operations = [...new Set(newest.flatMap(({ coverage }) => coverage.map(({ operation }) => operation)))];
  const rows = [...cells]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, all]) => {
      const [target, kind] = name.split("\n");
      const words = operations.map((operation) => {
        const own = all.filter((one) => one.operation === operation);
        const word = worstOf(own.map((one) => one.word));
        const shown = own.filter((one) => one.word === word);
        return { word, isUndecided: shown.length > 0 && shown.every(({ isUndecided }) => isUndecided) };
      });
      return html`<tr><th scope="row">${target} <span class="quiet">${kind}</span></th>${words.map(({ word, isUndecided }) => html`<td class="cell ${word.replace(" ", "-")}"><b>${coverageIcons[word]} ${word}${isUndecided && "?"}</b></td>`)}</tr>
`;
    });
  const head = html`<tr><th scope="col">what, with what</th>${operations.map((name) => html`<th scope="col">${name}</th>`)}</tr>`;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">What was struck: ${system}</h2>
<p class="quiet">The newest run of each scenario, the worst of several. ✓ held: all that crossed the fault were ok. ~ degraded: some were not, and broke no check. ✗ violated: one broke a check. · not exercised: none crossed it.${newest.some(({ verdict }) => verdict === "inconclusive") && " With a ? behind it: so in a run that was inconclusive, which proves nothing."}</p>
${rows.length > 0 && scrolling(`What was struck: ${system}`, html`<table class="matrix"><thead>${head}</thead><tbody>${rows}</tbody></table>`)}
${unplaced.length > 0 && html`<p class="never broken"><b>✗ Broken, by no single operation:</b> ${unplaced.join("; ")}</p>`}
${never}</section>
`;
}

/** Where something was injected; of a run from before that was noted, all that was planned. */
function struckIn({ struck, coverage }: RunSummary): readonly string[] {
  const met = coverage.filter(({ word }) => struck === undefined || word !== "not exercised");
  return [...(struck ?? []), ...met.map(({ target }) => target)];
}

/** By none of all these runs, the older ones and those of variants among them. */
function neverStruck(runs: readonly RunSummary[]): Html {
  const struck = new Set(runs.flatMap(struckIn));
  const never = [...new Set(runs.flatMap(({ targets }) => targets))].filter((target) => !struck.has(target));
  const shown = never.length === 0 ? "nothing, each component and link was" : never.join(", ");
  return html`<p class="never"><b>Never struck:</b> ${shown}</p>`;
}

function worstOf(words: readonly CoverageWord[]): CoverageWord {
  return coverageWords[Math.max(0, ...words.map((word) => coverageWords.indexOf(word)))] ?? "not exercised";
}
