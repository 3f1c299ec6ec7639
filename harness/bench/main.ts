import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { environmentNamed } from "../cli/environments.ts";
import { listenForInterrupts } from "../cli/interrupt.ts";
import { type Measurement, measure } from "./measure.ts";
import { mixed, orders, reads } from "./workloads.ts";

// `npm run bench`: what the reference system carries, with every hop through Toxiproxy, and what that costs. Figures of one
// machine at one time: compare those of one run with each other, and not with yesterday's.

interface Flags {
  readonly rate?: number;
  readonly seconds: number;
  readonly minutes: number;
  readonly json?: string;
}

const targets = { reads: 1500, orders: 250, p99Ms: 50, apiMemoryMb: 150 } as const;

const say = (...lines: readonly string[]) => process.stdout.write(`${lines.join("\n")}\n`);

const benches = {
  async reads({ rate, seconds }: Flags, signal: AbortSignal) {
    const rates = rate === undefined ? [1000, targets.reads, 2000] : [rate];
    return ladder("cached reads", rates, (perSecond) => reads(perSecond), seconds, signal);
  },
  async orders({ rate, seconds }: Flags, signal: AbortSignal) {
    const rates = rate === undefined ? [150, targets.orders, 350] : [rate];
    return ladder("orders accepted", rates, (perSecond) => orders(perSecond), seconds, signal);
  },
  async memory({ minutes }: Flags, signal: AbortSignal) {
    const half = { reads: targets.reads / 2, orders: targets.orders / 2 };
    say(
      "",
      `memory of an API at half of both rates, ${minutes} min (target: under ${targets.apiMemoryMb} MB, not growing)`,
    );
    const measured = await once(() => mixed(half), minutes * 60, signal);
    say(...describe(measured), ...describeMemory(measured));
    return [measured];
  },
} as const;

async function ladder(
  title: string,
  rates: readonly number[],
  workload: (perSecond: number) => ReturnType<typeof reads>,
  seconds: number,
  signal: AbortSignal,
): Promise<readonly Measurement[]> {
  const target = title.includes("reads") ? targets.reads : targets.orders;
  say("", `${title} (target: ${target}/s with p99 under ${targets.p99Ms} ms)`);
  const measured: Measurement[] = [];
  for (const perSecond of rates) {
    const one = await once(() => workload(perSecond), seconds, signal);
    say(...describe(one));
    measured.push(one);
  }
  return measured;
}

async function once(workload: () => ReturnType<typeof reads>, lengthSeconds: number, signal: AbortSignal) {
  const environment = await environmentNamed("local").open();
  return measure(environment, workload(), { lengthSeconds, signal });
}

function describe({ perSecond, okPerSecond, counts, summary, usage }: Measurement): readonly string[] {
  const failed = Object.entries(counts).filter(([outcome, count]) => outcome !== "ok" && count > 0);
  const { p50Ms, p99Ms, p999Ms } = summary.ok;
  const times = [p50Ms, p99Ms, p999Ms].map((ms) => (ms === undefined ? "–" : ms.toFixed(1))).join(" / ");
  const others = failed.length === 0 ? "" : `  ${failed.map(([outcome, count]) => `${count} ${outcome}`).join(", ")}`;
  return [
    `  ${String(perSecond).padStart(5)}/s: ${okPerSecond.toFixed(0)} ok/s, p50 / p99 / p99.9 ${times} ms${others}`,
    `           cores: ${figures(usage?.cores ?? {}, 2)}`,
    `           MB:    ${figures(usage?.memoryMb ?? {}, 0)}`,
  ];
}

function figures(values: Readonly<Record<string, number>>, digits: number): string {
  const sorted = Object.entries(values).sort(([one], [other]) => one.localeCompare(other));
  return sorted.map(([role, value]) => `${role} ${value.toFixed(digits)}`).join(", ");
}

/** The first half minute is for the process to grow into its work. */
function describeMemory({ memoryMb }: Measurement): readonly string[] {
  const settled = memoryMb.filter(({ atSeconds }) => atSeconds > 30);
  const used = settled.length > 2 ? settled : memoryMb;
  const largest = Math.max(...memoryMb.map(({ mb }) => mb));
  const last = memoryMb.at(-1)?.mb ?? Number.NaN;
  return [
    `           first ${memoryMb[0]?.mb.toFixed(0)}, last ${last.toFixed(0)}, largest ${largest.toFixed(0)} MB;` +
      ` ${(slopeOf(used) * 60).toFixed(2)} MB a minute`,
  ];
}

/** By least squares, in MB a second. */
function slopeOf(samples: Measurement["memoryMb"]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(samples.map(({ atSeconds }) => atSeconds)), mean(samples.map(({ mb }) => mb))];
  const top = samples.reduce((sum, { atSeconds, mb }) => sum + (atSeconds - meanX) * (mb - meanY), 0);
  const bottom = samples.reduce((sum, { atSeconds }) => sum + (atSeconds - meanX) ** 2, 0);
  return top / bottom;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("give a number above 0");
  return value;
}

type BenchName = keyof typeof benches;

function benchNamed(name: string): BenchName {
  if (Object.hasOwn(benches, name)) return name as BenchName;
  throw new InvalidArgumentError(`there are ${Object.keys(benches).join(", ")}`);
}

const program = new Command("npm run bench --")
  .argument("[bench]", `one of ${Object.keys(benches).join(", ")}; all of them when left out`, benchNamed)
  .option("--rate <per second>", "one rate instead of three", positive)
  .option("--seconds <seconds>", "how long each rate is measured", positive, 15)
  .option("--minutes <minutes>", "how long the memory is watched", positive, 1)
  .option("--json <file>", "write all figures there, too")
  .action(async (name: BenchName | undefined, flags: Flags) => {
    const interrupts = listenForInterrupts((line) => process.stderr.write(`${line}\n`));
    const load = loadavg()[0] ?? 0;
    say(`${cpus().length} cores, Node ${process.version}, load before ${load.toFixed(2)}`);
    const results: Partial<Record<BenchName, readonly Measurement[]>> = {};
    const names = name === undefined ? (Object.keys(benches) as BenchName[]) : [name];
    for (const each of names) {
      if (interrupts.signal.aborted) break;
      results[each] = await benches[each](flags, interrupts.signal);
    }
    interrupts.end();
    const host = { cores: cpus().length, node: process.version, loadBefore: load };
    if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify({ host, targets, results }, null, 2)}\n`);
    if (interrupts.signal.aborted) process.exitCode = 130;
  });

await program.parseAsync();
