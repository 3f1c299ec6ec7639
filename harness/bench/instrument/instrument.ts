import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  count,
  duration,
  multiple,
  percent,
  percentBeside,
  rate,
  statedDuration,
  statedPercent,
} from "../../model/quantities.ts";
import type { BenchOptions } from "../benches.ts";
import { type Cost, closedLoopCost, type OpenLoopCost, openLoopCost, recordingNs } from "./cost.ts";
import { isInstalled, peers, peerTool } from "./peers.ts";
import {
  autocannonTool,
  type Example,
  type FreezeFigures,
  faultlineFreeze,
  faultlineOutage,
  type OutageFigures,
  toolFreeze,
  toolOutage,
} from "./worked-example.ts";

const rates = [500, 5000, 10_000] as const;
/** What is aimed at, as a share of one core. */
const coresAtMost: Readonly<Record<number, number>> = { 5000: 0.3, 10000: 0.4 };
const lagP99AtMostMs = 3;
const recordingAtMost = 0.01;
/** Costs are measured so often, in turns, so that a busy minute of the machine strikes all alike. */
const rounds = 2;

/**
 * The instrument itself: what it says of a freeze and of an outage beside what the server's own journal says and what
 * other load generators say, and what it costs beside autocannon's closed loop.
 */
export async function instrument(options: BenchOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "faultline-bench-"));
  try {
    await workedExample(options, folder);
    await costs(options, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function workedExample(
  { rate: perSecond = 500, seconds = 20, hasPeers, signal, output, keep }: BenchOptions,
  folder: string,
) {
  const example: Example = { perSecond, seconds, atSeconds: seconds * 0.4, folder, signal };
  output.print(
    "",
    `the worked example: ${rate(perSecond)} for ${statedDuration(seconds * 1000)} to a server that takes 1 ms; at ${statedDuration(example.atSeconds * 1000)} A freezes for 1 s, ` +
      "B is killed, and back after 1 s with nothing; truth by the server's own journal",
    row("", "p99 A", "truth", "off", "failed B", "truth", "back", "truth", "lost", "truth"),
  );
  const tell = (tool: string, freeze: FreezeFigures, outage: OutageFigures): void => {
    keep({ bench: "worked example", comparedWith: "the server's own journal", tool, freeze, outage });
    output.print(describeExample(tool, freeze, outage));
  };
  tell("faultline", await faultlineFreeze(example), await faultlineOutage(example));
  const installed = hasPeers ? peers.filter(({ name }) => isInstalled(name)) : [];
  for (const tool of [autocannonTool, ...installed.map(peerTool)]) {
    tell(tool.name, await toolFreeze(tool, example), await toolOutage(tool, example));
  }
  const missing = hasPeers ? peers.filter((peer) => !installed.includes(peer)).map(({ name }) => name) : [];
  if (missing.length > 0) output.print(`  not installed: ${missing.join(", ")}`);
}

function describeExample(tool: string, { p99Ms, trueP99Ms }: FreezeFigures, { said, truth }: OutageFigures): string {
  const [failed, back, lost] = (["failed", "recoveryMs", "lost"] as const).map((what) => [said[what], truth[what]]);
  return row(
    tool,
    ...[p99Ms, trueP99Ms].map(duration),
    percent(p99Ms / trueP99Ms - 1),
    ...failed!.map(figure),
    ...back!.map(duration),
    ...lost!.map(figure),
  );
}

async function costs({ seconds = 10, signal, output, keep }: BenchOptions, folder: string): Promise<void> {
  output.print(
    "",
    `cost, ${statedDuration(seconds * 1000)} each after a warm-up of 3 s; compared with autocannon in a closed loop on the same server`,
    row("", "rate", "ok", "cores", "target", "CPU of 10k", "of cannon", "lag p50", "lag p99", "target"),
  );
  for (let round = 0; round < rounds; round += 1) {
    const task = { seconds, folder, signal };
    const closed = await closedLoopCost(task);
    keep({ bench: "cost", tool: "autocannon, closed loop of 10", comparedWith: "itself", round, ...closed });
    output.print(row("autocannon", rate(closed.perSecond), "", multiple(closed.cores), "", cpuTime(closed), "1"));
    for (const perSecond of rates) {
      const open = await openLoopCost(perSecond, task);
      const ratio = open.requestsPerCpuSecond / closed.requestsPerCpuSecond;
      const comparedWith = "autocannon, closed loop of 10, of the same round";
      keep({
        bench: "cost",
        tool: "faultline, open loop",
        comparedWith,
        round,
        ...open,
        requestsPerCpuSecondRatio: ratio,
      });
      output.print(describeCost(open, ratio));
    }
  }
  const ns = recordingNs(folder);
  const share = (ns * 20_000) / 1e9;
  keep({ bench: "recording", comparedWith: "a whole core at 20,000/s", nsPerOperation: ns, share });
  const verdict = share <= recordingAtMost ? "met" : "missed";
  output.print(
    `  recording: ${duration(ns / 1e6)} an operation, ${percentBeside(share, recordingAtMost)} of a core at 20,000/s; target ${statedPercent(recordingAtMost)}: ${verdict}`,
  );
}

function describeCost(open: OpenLoopCost, ratio: number): string {
  const { perSecond, ok, intended, cores, lagP50Ms, lagP99Ms } = open;
  const most = coresAtMost[perSecond];
  const cells = [rate(perSecond), percent(ok / intended), multiple(cores)];
  cells.push(most === undefined ? "" : `≤ ${multiple(most)}`, cpuTime(open), multiple(ratio));
  return row("faultline", ...cells, duration(lagP50Ms), duration(lagP99Ms), `≤ ${statedDuration(lagP99AtMostMs)}`);
}

/** What 10,000 requests take of a processor. */
const cpuTime = ({ requestsPerCpuSecond }: Cost): string => duration(10_000_000 / requestsPerCpuSecond);

/** What a tool does not tell is a dash. */
const figure = (value: number | undefined): string =>
  value === undefined || !Number.isFinite(value) ? "–" : count(value);

const row = (name: string, ...cells: readonly string[]): string =>
  `  ${name.padEnd(11)}${cells.map((cell) => cell.padStart(10)).join("")}`;
