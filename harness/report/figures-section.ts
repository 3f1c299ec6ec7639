import type { Figures } from "../model/measure/figures.ts";
import { type Recovery, type RecoveryWord, recoveryWordOf } from "../model/measure/recovery.ts";
import { duration, multiple, percent, rate } from "../model/quantities.ts";
import type { ReportData } from "./data.ts";
import { type Html, html } from "./html.ts";
import { comparedPhases } from "./operations.ts";
import { scrolling } from "./table.ts";
import { phaseLabels } from "./words.ts";

/** How bad it was and for how long, each number with what it means. */
export function figures({ figures: numbers }: ReportData): Html {
  if (numbers === null) return html`<p class="empty">There is no history to take numbers from.</p>`;
  const rows = momentsOf(numbers).map(
    ({ name, value, meaning }) =>
      html`<tr><th scope="row">${name}</th><td>${value}</td><td class="words quiet">${meaning}</td></tr>
`,
  );
  return html`${scrolling("The fault in numbers", html`<table class="figures"><tbody>${rows}</tbody></table>`)}
${workloads(numbers)}`;
}

const recoveredIn: Readonly<Record<RecoveryWord, (recovery: Recovery | undefined) => string>> = {
  "not needed": () => "none needed",
  back: (recovery) => duration(recovery?.fromHealMs),
  "not back": (recovery) => `> ${duration(recovery?.watchedMs)}`,
  "not known": () => "–",
};

function momentsOf({ timeToImpactMs, timeToDetectMs, recovery, amplification, absorption }: Figures) {
  const never = (ms: number | null | undefined, what: string): string => (ms === null ? what : duration(ms));
  const surely =
    absorption === undefined
      ? ""
      : ` (${percent(absorption.range.lower, "down")} to ${percent(absorption.range.upper, "up")})`;
  return [
    {
      name: "time to impact",
      value: never(timeToImpactMs, "no impact"),
      meaning: "from the first injection to the first operation that was not ok",
    },
    {
      name: "time to detect",
      value: never(timeToDetectMs, "not detected"),
      meaning: "from the first injection until an instance said that it was not ready, or said nothing any more",
    },
    {
      name: "time to recover",
      value: recoveredIn[recoveryWordOf(recovery)](recovery),
      meaning:
        "from the last heal until goodput was back for good: never again certainly below 95 % of the steady phase's, where good is ok within the promise, or else within a multiple of the steady latency",
    },
    {
      name: "amplification",
      value: amplification === undefined ? "–" : multiple(amplification),
      meaning: "seconds of outage for each second of fault: 0 is masked, above 1 it outlived the fault",
    },
    {
      name: "absorption",
      value: absorption === undefined ? "–" : `${percent(absorption.share)}${surely}`,
      meaning: "of the operations under way while the fault acted, those that it did not cost",
    },
  ];
}

/** Each workload's goodput, phase by phase, and how fast that burns what was promised. */
function workloads({ workloads: all }: Figures): Html {
  const head = html`<tr><td></td>${comparedPhases.map((phase) => html`<th scope="col">${phaseLabels[phase]}</th>`)}</tr>`;
  const rows = all.map(({ name, phases }) => {
    const cells = comparedPhases.map((phase) => {
      const found = phases[phase];
      if (found === undefined) return html`<td>–</td>`;
      const burn = found.burn !== undefined && html` <span class="quiet">burn ${multiple(found.burn)}</span>`;
      return html`<td>${rate(found.perSecond)}${burn}</td>`;
    });
    return html`<tr><th scope="row">${name}</th>${cells}</tr>
`;
  });
  return html`<h3>Goodput</h3>
<p class="quiet">Operations a second that were ok within the time that was promised; a burn of 1 is what the promise allows.</p>
${scrolling("Goodput", html`<table class="goodput"><thead>${head}</thead><tbody>${rows}</tbody></table>`)}`;
}
