import type { Output } from "../cli/output.ts";
import type { Environment } from "../model/environment.ts";
import type { RunPhase } from "../model/events.ts";
import { clock, statedDuration } from "../model/quantities.ts";
import { explorer } from "./explorer.ts";
import { instrument } from "./instrument/instrument.ts";
import { judge } from "./judge.ts";
import { type Measurement, measure } from "./measure.ts";
import { rates } from "./rates.ts";
import { report } from "./report.ts";
import { describe, describeMemory, judgeRate, memoryFigures, tableHead, targets } from "./table.ts";
import { load } from "./workloads.ts";

export interface BenchOptions {
  /** One rate instead of several. */
  readonly rate: number | undefined;
  /** How long each rate is measured; every bench has its own default. */
  readonly seconds: number | undefined;
  /** How long the memory is watched. */
  readonly minutes: number;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly output: Output;
  /** Whether other load generators are measured, too, where they are installed. */
  readonly hasPeers: boolean;
  /** Each measurement as soon as it is there, for the file: the next one may fail. */
  readonly keep: (figures: object) => void;
}

type Bench = (options: BenchOptions) => Promise<void>;

/** By the names that the command line knows. */
export const benches: Readonly<Record<string, Bench>> = {
  async reads(options) {
    const rates = options.rate === undefined ? [1000, targets.readsPerSecond, 2000, 2500] : [options.rate];
    const { seconds = 10, output } = options;
    output.print(
      "",
      `reads of 200 products, nearly all of them from the cache; ${statedDuration(seconds * 1000)} at each rate`,
      tableHead,
    );
    const measured: Measurement[] = [];
    for (const reads of rates) measured.push(await one({ reads, orders: 0 }, seconds, options));
    output.print(judgeRate("read", targets.readsPerSecond, measured));
  },
  async orders(options) {
    const rates = options.rate === undefined ? [150, targets.ordersPerSecond, 350] : [options.rate];
    const { seconds = 15, output } = options;
    output.print("", `orders; ${statedDuration(seconds * 1000)} at each rate`, tableHead);
    const measured: Measurement[] = [];
    for (const orders of rates) measured.push(await one({ reads: 0, orders }, seconds, options));
    output.print(judgeRate("order", targets.ordersPerSecond, measured));
  },
  async memory(options) {
    const { minutes, output } = options;
    output.print(
      "",
      `memory of the APIs at half of both rates together; ${statedDuration(minutes * 60_000)}`,
      tableHead,
    );
    const half = { reads: targets.readsPerSecond / 2, orders: targets.ordersPerSecond / 2 };
    output.print(...describeMemory(await one(half, minutes * 60, options)));
  },
  instrument,
  judge,
  report,
  explorer,
  rates,
};

async function one(
  perSecond: { readonly reads: number; readonly orders: number },
  lengthSeconds: number,
  { environment, signal, output, keep }: BenchOptions,
): Promise<Measurement> {
  const began = performance.now();
  const onStage = (stage: RunPhase): void => {
    const text = stages[stage];
    if (text !== undefined) output.say(`  ${clock(performance.now() - began).padStart(9)}  ${text}`);
  };
  const measurement = await measure({ load: load(perSecond), lengthSeconds, onStage, environment, signal });
  const memory = Object.entries(measurement.memoryMb).map(([api, samples]) => [api, memoryFigures(samples)]);
  keep({ ...measurement, memory: Object.fromEntries(memory) });
  output.print(...describe(measurement));
  return measurement;
}

const stages: Readonly<Partial<Record<RunPhase, string>>> = {
  provision: "starting the system",
  warmUp: "warming up",
  steady: "measuring",
  tearDown: "ending the system",
};
