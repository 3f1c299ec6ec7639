import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median } from "../model/compare/median.ts";
import { bytes, durationBeside, plural, statedDuration } from "../model/quantities.ts";
import { renderReport } from "../report/index.ts";
import { ReportBrowser } from "../report/testing/browser.ts";
import { sampleRun } from "../report/testing/sample-run.ts";
import { lookForChromium } from "../setup/chromium.mjs";
import type { BenchOptions } from "./benches.ts";

const reportTargets = { renderMillionMs: 2000, loadMs: 200, helpMs: 100, listMs: 300 } as const;
const rounds = 7;
const bin = fileURLToPath(new URL("../bin.mjs", import.meta.url));

/** What people wait for: a report being made and opened, and the first words of a command. Medians of rounds in turn. */
export async function report({ output, keep, signal }: BenchOptions): Promise<void> {
  const million = sampleRun({ verdict: "fail", perSecond: 1_000_000 / 26 });
  const minute = renderReport(sampleRun({ verdict: "fail", perSecond: 500, stretch: 60 / 26 }));
  const { found } = await lookForChromium();
  const browser = found === undefined ? undefined : await ReportBrowser.start(found.path);
  const took: Record<string, number[]> = { render: [], load: [], help: [], list: [], node: [] };
  try {
    for (let round = 0; round < rounds; round += 1) {
      signal.throwIfAborted();
      took["render"]?.push(timeOf(() => renderReport(million)));
      took["node"]?.push(timeOf(() => execFileSync(process.execPath, ["-e", "0"])));
      took["help"]?.push(timeOf(() => execFileSync(process.execPath, [bin, "--help"])));
      took["list"]?.push(timeOf(() => execFileSync(process.execPath, [bin, "list"])));
      const loadMs = browser === undefined ? undefined : await loadOf(browser, minute);
      if (loadMs !== undefined) took["load"]?.push(loadMs);
    }
  } finally {
    await browser?.close();
  }
  const medians = Object.fromEntries(Object.entries(took).map(([name, all]) => [name, median(all)]));
  keep({ operations: million.history?.count, bytes: Buffer.byteLength(minute), took, medians });
  const line = (what: string, name: string, target?: number): string =>
    `${what.padEnd(58)}${durationBeside(medians[name], target).padStart(9)}${target === undefined ? "" : `   target ${statedDuration(target)}`}`;
  output.print(
    "",
    `reports and commands, the median of ${rounds} rounds`,
    line(
      `rendering a run of ${plural(million.history?.count ?? 0, "operation")}`,
      "render",
      reportTargets.renderMillionMs,
    ),
    line(`opening a report of ${bytes(Buffer.byteLength(minute))} (load event)`, "load", reportTargets.loadMs),
    line("faultline --help, from the sources, to its end", "help", reportTargets.helpMs),
    line("faultline list, from the sources, to its end", "list", reportTargets.listMs),
    line("Node alone, to its end", "node"),
  );
}

function timeOf(body: () => unknown): number {
  const began = performance.now();
  body();
  return performance.now() - began;
}

/** From the start of the navigation to the load event, as the browser tells it. */
async function loadOf(browser: ReportBrowser, html: string): Promise<number> {
  const page = await browser.open(html);
  return Number(await page.evaluate("performance.getEntriesByType('navigation')[0].loadEventStart"));
}
