import { type Fate, type MutantProof, type Proof, sureness, type Tally } from "../model/prove/proof.ts";
import { duration, percent, plural } from "../model/quantities.ts";
import { htmlDocument } from "./document.ts";
import { type Html, html } from "./html.ts";
import { checksOf, fateOfCanary, shareWords } from "./prove-terminal.ts";
import { scrolling } from "./table.ts";
import { verdictIcons, verdictWords } from "./words.ts";

const fateIcons = { caught: "✓", survived: "✗", untold: "?" } as const;

/**
 * A proof as one HTML file: which scenario catches which mutant, by which law, and how surely.
 * @param runs the folder of the run folders, from where the page lies
 */
export function renderProof(proof: Proof, runs: string): string {
  const { verdict, sentence, mutants, correct, canary, scenarios, incomplete } = proof;
  const caught = mutants.filter(({ fate }) => fate === "caught").length;
  const title = mutants.length === 0 ? verdictWords[verdict] : `${caught} of ${mutants.length} bugs caught`;
  const reportOf = ({ run }: Tally): string => `${runs}/${encodeURIComponent(run.toWellFormed())}/report.html`;
  const content = html`<header class="banner ${verdict}">
<p class="scenario">What the scenarios prove</p>
<h1><span class="icon" aria-hidden="true">${verdictIcons[verdict]}</span> ${title}</h1>
<p class="sentence">${sentence}.</p>${
    incomplete !== undefined &&
    html`
<p class="sentence">${incomplete.remedy}</p>`
  }
</header>
<section aria-labelledby="mutants"><h2 id="mutants">Mutants</h2>
<p class="quiet">Bugs that were switched on, one at a time. A scenario catches one when its run fails. Intervals are Wilson's, of the runs that could tell; each bound holds at 95 %.</p>
${mutants.length === 0 ? html`<p class="empty">None was tried.</p>` : scrolling("Mutants", mutantTable(mutants, reportOf))}</section>
<section aria-labelledby="matrix"><h2 id="matrix">Which scenario catches which mutant</h2>
<p class="quiet">✗ caught it, in so many of the runs that could tell. – missed it; with ∥ in a run that it shared with other mutants, of which one may hide another. ? could not tell. · was not run.</p>
${scrolling("Which scenario catches which mutant", matrix(proof, reportOf))}</section>
<section aria-labelledby="correct"><h2 id="correct">The system as it is</h2>
<p class="quiet">With the bugs off every run must pass, or what it finds in a mutant means nothing.</p>
${scrolling("The system as it is", correctTable(correct, scenarios, reportOf))}
${canary !== null && html`<p class="never"><b>The canary</b>, a scenario that must fail, ${canaryWords(canary, reportOf(canary))}.</p>`}</section>
<p class="end">Seed ${proof.seed}, Faultline ${proof.faultline}. Reports of runs that passed are not kept.</p>`;
  return htmlDocument(`Proof: ${title}`, content);
}

function mutantTable(mutants: readonly MutantProof[], reportOf: (tally: Tally) => string): Html {
  const rows = mutants.map(({ name, description, fate, scenarios, isUnfinished }) => {
    const [best] = scenarios.filter(({ failed }) => failed > 0);
    const how =
      best === undefined
        ? html`<td class="words">–</td><td class="words">–</td><td>–</td>`
        : html`<td class="words"><a href="${reportOf(best)}">${best.scenario}</a>: ${shareWords(best)}</td><td class="words">${checksOf(best).join(", ")}</td><td>${duration(best.medianMs)}</td>`;
    return html`<tr><th scope="row">${name}<br><span class="quiet">${description}</span></th><td class="words fate ${fate}"><b>${fateIcons[fate]} ${isUnfinished === true && fate === "untold" ? "not finished" : fate}</b></td>${how}</tr>
`;
  });
  const head = html`<tr><th scope="col">mutant</th><th scope="col" class="words">fate</th><th scope="col" class="words">caught most surely by</th><th scope="col" class="words">broken law</th><th scope="col">a run takes</th></tr>`;
  return html`<table class="proof"><thead>${head}</thead><tbody>${rows}</tbody></table>`;
}

function matrix({ mutants, correct, scenarios }: Proof, reportOf: (tally: Tally) => string): Html {
  const ids = scenarios.map(({ id }) => id);
  const rows = [{ name: "(correct)", scenarios: correct }, ...mutants].map(
    ({ name, scenarios: own }) =>
      html`<tr><th scope="row">${name}</th>${ids.map((id) =>
        cell(
          own.find(({ scenario }) => scenario === id),
          reportOf,
        ),
      )}</tr>
`,
  );
  const head = html`<tr><th scope="col">mutant</th>${ids.map((id) => html`<th scope="col" class="words">${id}</th>`)}</tr>`;
  return html`<table class="proof matrix"><thead>${head}</thead><tbody>${rows}</tbody></table>`;
}

function cell(tally: Tally | undefined, reportOf: (tally: Tally) => string): Html {
  if (tally === undefined) return html`<td class="cell not-exercised"><b>·</b></td>`;
  const { failed, passed, shared } = tally;
  if (failed > 0)
    return html`<td class="cell violated"><a href="${reportOf(tally)}"><b>✗ ${failed}/${failed + passed}</b></a></td>`;
  return passed > 0
    ? html`<td class="cell"><b>– 0/${passed}${shared !== undefined && " ∥"}</b></td>`
    : html`<td class="cell degraded"><b>?</b></td>`;
}

function correctTable(
  correct: readonly Tally[],
  scenarios: Proof["scenarios"],
  reportOf: (tally: Tally) => string,
): Html {
  const rows = correct.map((tally) => {
    const { scenario, runs, passed, failed, inconclusive, repeated = 0, medianMs } = tally;
    const sentence = scenarios.find(({ id }) => id === scenario)?.name;
    const other = [
      failed > 0 && html`<a href="${reportOf(tally)}"><b class="broken">✗ ${failed} failed</b></a> `,
      inconclusive > 0 && html`<a href="${reportOf(tally)}">? ${inconclusive} inconclusive</a> `,
      repeated > 0 && html`<span class="quiet">after ${plural(repeated, "run")} without a verdict</span>`,
    ];
    return html`<tr><th scope="row">${scenario}<br><span class="quiet">${sentence}</span></th><td class="words">${passed} of ${plural(runs, "run")} passed ${other}</td><td class="words">${failed + passed > 0 && `fails in at most ${percent(sureness(tally).upper, "up")}`}</td><td>${duration(medianMs)}</td></tr>
`;
  });
  const head = html`<tr><th scope="col">scenario</th><th scope="col" class="words">runs</th><th scope="col" class="words">surely</th><th scope="col">a run takes</th></tr>`;
  return html`<table class="proof"><thead>${head}</thead><tbody>${rows}</tbody></table>`;
}

function canaryWords(canary: Tally, report: string): Html {
  const words: Readonly<Record<Fate, Html>> = {
    caught: html`<a href="${report}">failed</a> by ${checksOf(canary).join(", ")}`,
    survived: html`<b class="broken">did not fail: this harness cannot</b>`,
    untold: html`<a href="${report}">came to no verdict</a>: it could not tell, so that nothing is known of this harness`,
  };
  return words[fateOfCanary(canary)];
}
