import { html } from "./html.ts";

/** The one style element's content, which the page's policy names by its hash. Static: no value of a run may get here. */
export const style = html`
:root{color-scheme:light dark;
--paper:#fff;--ink:#1b2026;--quiet:#59636e;--hair:#e3e7eb;--soft:#f5f7f9;--accent:#0067a8;
--good:#00664a;--bad:#b02e0c;--unsure:#7a5300;
--p50:#0072b2;--p95:#007a58;--p99:#a93c78;--max:#59636e;
--ok:#a9d3ee;--wrong:#cc79a7;--rejected:#e69f00;--failed:#d55e00;--unknown:#f0e442;--overflow:#59636e;
--shade:#d55e00;--grid:#e9edf0}
@media screen and (prefers-color-scheme:dark){:root{
--paper:#14181c;--ink:#e8ecf0;--quiet:#a4afba;--hair:#2b3239;--soft:#1c2227;--accent:#6fbcf0;
--good:#5fd0a5;--bad:#ff9c78;--unsure:#f0c35a;
--p50:#56b4e9;--p95:#3ccb9d;--p99:#e59ac6;--max:#a4afba;
--ok:#2f5f7e;--wrong:#cc79a7;--rejected:#e69f00;--failed:#e8702a;--unknown:#f0e442;--overflow:#a4afba;
--shade:#ff9a52;--grid:#262d33}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
main{max-width:1064px;margin:0 auto;padding:clamp(16px,3vw,32px) clamp(16px,3vw,32px) 80px}
h1,h2,h3,p,dl,dd,ol,ul,figure,pre{margin:0}
ol,ul{padding:0;list-style:none}
h2{font-size:1.375rem;line-height:1.3;font-weight:650;letter-spacing:-.01em;margin-bottom:16px}
h3{font-size:1rem;line-height:1.45;font-weight:650}
section{margin-top:64px}
.quiet,.empty,figcaption p{color:var(--quiet);font-size:.875rem;font-weight:400}
.empty{padding:8px 0}
section>.quiet{margin-bottom:12px}
code{overflow-wrap:anywhere}code,pre{font-family:ui-monospace,"SF Mono",Menlo,Consolas,monospace;font-size:.875rem}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
.fail{--tone:var(--bad)}.pass{--tone:var(--good)}.inconclusive{--tone:var(--unsure)}

.banner{border-top:4px solid var(--tone);padding-top:18px}
.scenario{color:var(--quiet)}
h1{font-size:clamp(2.25rem,6vw,3.25rem);line-height:1.15;font-weight:700;letter-spacing:-.025em;color:var(--tone);margin-top:2px}
h1 .icon{font-weight:400}
h1 .how{font-size:1.125rem;font-weight:500;letter-spacing:0;white-space:nowrap}
.sentence{font-size:clamp(1.125rem,2.4vw,1.375rem);line-height:1.45;max-width:44em;margin-top:8px;text-wrap:pretty}
.remedy{margin-top:8px;max-width:44em}
.reasons{margin-top:12px;max-width:44em}
.reasons li{padding-left:1.25em;text-indent:-1.25em}
.reasons li::before{content:"? ";color:var(--unsure);font-weight:700;display:inline-block;width:1.25em;text-indent:0}
.partial{margin-top:12px;color:var(--unsure)}
.replay{margin-top:16px;display:flex;flex-wrap:wrap;align-items:center;gap:6px 12px}
.replay span{font-size:.875rem;color:var(--quiet)}
.replay pre{background:var(--soft);border-radius:8px;padding:8px 14px;white-space:pre-wrap;flex:0 1 auto;min-width:0}
.replay code{user-select:all;-webkit-user-select:all}
.replay code::before{content:"$ ";color:var(--accent);user-select:none;-webkit-user-select:none}
.expects{color:var(--quiet);margin-top:6px;max-width:60em;font-size:.9375rem}
.expects b{font-weight:500}

.callouts{display:grid;grid-template-columns:repeat(auto-fit,minmax(138px,1fr));gap:28px 24px;margin-top:40px}
.callout dt{font-size:.875rem;color:var(--quiet)}
.callout b{display:block;font-size:1.5rem;line-height:1.25;font-weight:600;letter-spacing:-.02em}
.callout dd span{display:block;font-size:.8125rem;line-height:1.4;color:var(--quiet);margin-top:2px;text-wrap:pretty}
.callout.bad b{color:var(--bad)}.callout.good b{color:var(--good)}.callout.unsure b{color:var(--unsure)}

.check{padding:18px 0;border-top:1px solid var(--hair)}
.check:last-child{border-bottom:1px solid var(--hair)}
.check h3 .icon{display:inline-block;width:1.25em;color:var(--tone);font-weight:700}
.check .word{font-weight:500;color:var(--tone);margin-left:.4em}
.check dl{margin:4px 0 0 1.25em;display:grid;gap:2px}
.check dl div{display:grid;grid-template-columns:5.5em 1fr;font-size:.9375rem;max-width:60em}
.check dt{color:var(--quiet)}
.check dd{color:var(--quiet)}
.check .actual{color:var(--ink)}
.check.fail .actual,.check.inconclusive .actual{font-weight:600}
.check .scroll{margin:12px 0 0 1.25em}

.scroll{overflow-x:auto;overflow-wrap:normal}
table{border-collapse:collapse;font-size:.875rem;min-width:100%}
caption{text-align:left;color:var(--quiet);padding-bottom:4px}
th,td{padding:5px 14px 5px 0;text-align:right;white-space:nowrap;vertical-align:baseline;font-weight:400}
th:last-child,td:last-child{padding-right:2px}
tbody th,.words{text-align:left}
th:first-child,.timeline th:last-child{text-align:left}
thead th{color:var(--quiet);font-size:.8125rem}
thead :is(th,td){border-bottom:1px solid var(--hair)}
tbody tr+tr>*{border-top:1px solid var(--hair)}
.witnesses th:nth-child(n+2):nth-child(-n+4){text-align:left}
.witnesses .note,.timeline .words,.figures .words{white-space:normal;min-width:12em}
.operations tbody tr>*{border-top:0}
.operations tbody tr:last-child>*{padding-bottom:14px}
.operations .group th{font-weight:600;text-align:left;padding-top:12px;border-top:1px solid var(--hair)}
.operations tr:not(.group) th{padding-left:14px;color:var(--quiet)}
.operations .faults>*{background:color-mix(in srgb,var(--shade) 9%,var(--paper))}
.compared .words{padding-left:14px}
.variants th[scope=row],.variants td.words{white-space:normal;vertical-align:top}.variants .better{color:var(--good)}.variants .worse{color:var(--bad)}
.zero{color:var(--quiet)}
.operations td.bad{color:var(--bad);font-weight:600}
.timeline td{color:var(--quiet);text-align:right;width:1%}
.timeline .words{color:var(--ink);text-align:left;width:auto}
.timeline .phase .words{font-weight:650}
.timeline .fault .words{color:var(--bad)}.timeline .heal .words{color:var(--good)}.timeline .bad .words{color:var(--bad);font-weight:600}

figure+figure{margin-top:44px}
figcaption{margin-bottom:10px}
.keys{display:flex;flex-wrap:wrap;gap:2px 20px;font-size:.8125rem;color:var(--quiet)}
.keys b{color:var(--ink);font-weight:600}
.key{width:12px;height:12px;vertical-align:-1px;border-radius:2px}
svg{display:block;max-width:100%}
.key{display:inline-block}
.chart{width:100%;height:auto;overflow:visible}
.chart.narrow{display:none}
svg text{font-size:12px;fill:var(--quiet);font-family:inherit}
.grid{stroke:var(--grid);fill:none}
.axis{stroke:var(--quiet);fill:none}
.phase-edge{stroke:var(--quiet);stroke-dasharray:1 4;fill:none}
svg .phase-name{fill:var(--ink);font-weight:600}
svg .fault-name{fill:var(--bad);font-weight:600}
.shade{fill:var(--shade);opacity:.07}
.hatch{stroke:var(--shade);stroke-width:1;opacity:.28;fill:none}
.edge{stroke:var(--shade);stroke-width:1.25;fill:none}
.edge.unproven{stroke-dasharray:4 3}.edge.crowded{stroke-width:.6;opacity:.6}
.line{fill:none;stroke-width:1.75;stroke-linejoin:round}
.line.p50{stroke:var(--p50);stroke-width:2.25}.line.p95{stroke:var(--p95);stroke-dasharray:7 2}
.line.p99{stroke:var(--p99)}.line.max{stroke:var(--max);stroke-dasharray:1.5 2.5;stroke-width:1.25}
svg .line-name{font-weight:600}
svg .line-name.p50{fill:var(--p50)}svg .line-name.p95{fill:var(--p95)}svg .line-name.p99{fill:var(--p99)}svg .line-name.max{fill:var(--max)}
.hatch-ink{stroke:#1b2026;stroke-width:1.5;opacity:.65;fill:none}
.outcome.ok{fill:var(--ok);fill-opacity:.7}.outcome.wrong{fill:var(--wrong)}.outcome.rejected{fill:var(--rejected)}
.outcome.failed{fill:var(--failed)}.outcome.unknown{fill:var(--unknown)}.outcome.overflow{fill:var(--overflow)}
.heat-cell{fill:var(--p50)}.heat-cell.l1{fill-opacity:.16}.heat-cell.l2{fill-opacity:.34}.heat-cell.l3{fill-opacity:.52}.heat-cell.l4{fill-opacity:.74}
svg .lane-name{fill:var(--ink)}
.requested{fill:var(--quiet)}
.proven{fill:var(--shade)}

.chain{margin-top:36px}.chain h2{margin-bottom:8px}
.chain ol{border-left:2px solid var(--hair);padding-left:16px;max-width:64em;font-size:.9375rem;margin-bottom:8px}
.chain li{padding:3px 0}
.chain b{display:inline-block;min-width:5.5em;font-weight:600}
.chain li:last-child{font-weight:600}
.witness-chart{margin:12px 0 0}
.operation{fill:var(--accent);opacity:.75}.operation.violating{fill:var(--bad);opacity:1}.operation.endless{stroke:var(--quiet);stroke-dasharray:3 3}
svg .operation-name{fill:var(--ink)}
button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer}
.copy{font-size:.875rem;color:var(--accent);border:1px solid var(--hair);border-radius:6px;padding:3px 12px}
.sort:hover,.copy:hover{text-decoration:underline}
th[aria-sort=ascending] .sort::after{content:" ↑"}th[aria-sort=descending] .sort::after{content:" ↓"}
.filters{display:flex;flex-wrap:wrap;gap:4px 16px;align-items:baseline;font-size:.875rem;color:var(--quiet);margin-bottom:8px}
.filters input{font:inherit;color:var(--ink);background:var(--soft);border:1px solid var(--quiet);border-radius:6px;padding:3px 10px}
.crosshair{stroke:var(--ink);stroke-width:1;fill:none;pointer-events:none}
figcaption .readout{min-height:1.5em;color:var(--ink)}

.matrix td{text-align:left}.matrix thead th:nth-child(n+2){text-align:left}
.cell b{font-weight:500}.cell.violated b{color:var(--bad);font-weight:700}.cell.degraded b{color:var(--unsure)}.cell.held b{color:var(--good)}.cell.not-exercised b{color:var(--quiet)}

.fate.caught b{color:var(--good)}.fate.survived b{color:var(--bad)}.fate.untold b{color:var(--unsure)}
.proof th:first-child{white-space:normal;min-width:12em}.proof td.words{white-space:normal}

.index h1{color:var(--ink)}
.runs th:first-child{white-space:normal;min-width:16em}
.runs td:nth-child(2){white-space:normal;min-width:12em}
.chip{display:inline-block;min-width:1.9em;text-align:center;border:1px solid var(--tone);border-radius:6px;color:var(--tone);font-weight:700;text-decoration:none;margin:1px 0;padding:0 .35em}
.chip:hover{text-decoration:underline}
.spark{display:inline-block;vertical-align:middle;max-width:none}.spark path{fill:none;stroke:var(--accent);stroke-width:1.5}.spark circle{fill:var(--accent)}.spark .beyond{stroke:var(--bad)}
.never{margin-top:12px;max-width:60em}.broken b{color:var(--bad)}

details{margin-top:8px}
summary{cursor:pointer;color:var(--accent);font-size:.875rem;padding:4px 0}
.log{border-top:1px solid var(--hair);margin:0}
.log:last-child{border-bottom:1px solid var(--hair)}
.log summary{font-size:1rem;padding:10px 0;color:var(--ink)}
.log pre{max-height:28em;overflow:auto;font-size:.8125rem;line-height:1.6;background:var(--soft);border-radius:8px;padding:12px 16px;margin:4px 0 16px;overflow-wrap:normal}
.log i{font-style:normal;color:var(--quiet);display:inline-block;min-width:5.5em;text-align:right;margin-right:.6em}

.topology{max-width:none}
.node rect{fill:var(--soft);stroke:var(--hair)}
.node.faulted rect{stroke:var(--bad);stroke-width:2}
svg .node-name{fill:var(--ink);font-size:13px;font-weight:600}
svg .node-kind{font-size:11.5px}
.link{fill:none;stroke:var(--quiet);opacity:.55;stroke-width:1.25}
.link.faulted{stroke:var(--bad);stroke-width:2.5;stroke-dasharray:6 4;opacity:1}
.mark{fill:var(--paper);stroke:var(--bad);stroke-width:1.5}
svg .mark-sign{fill:var(--bad);font-size:13px}
.system figcaption{margin:16px 0 0}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:10px 40px;font-size:.9375rem}
.facts dt{color:var(--quiet);font-size:.8125rem}
.about h3,.figures h3{margin:28px 0 4px}
.missing li{padding-left:1.1em;text-indent:-1.1em}
.missing li::before{content:"– ";color:var(--unsure)}
.end{margin-top:64px;color:var(--quiet);font-size:.8125rem}

@media (max-width:980px){
.chart.wide{display:none}.chart.narrow{display:block;max-width:560px}}
@media (max-width:620px){
section{margin-top:48px}
.callouts{grid-template-columns:1fr 1fr;gap:24px 20px}
.check dl div{grid-template-columns:1fr}
.check dl{gap:8px}
.check .scroll{margin-left:0}}
@media print{
body{font-size:11pt}main{padding:0;max-width:none}
section{margin-top:32px}figure,.check,.callouts{break-inside:avoid}h2,h3{break-after:avoid}
.scroll{overflow:visible}.topology{max-width:100%}th,td{white-space:normal}
svg,.replay pre,.operations .faults>*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
.log,figure details{display:none}}
`;
