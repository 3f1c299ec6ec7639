import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { dirname } from "node:path";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { environmentNamed } from "../cli/environments.ts";
import { listenForInterrupts } from "../cli/interrupt.ts";
import { exitFor, explain, type Output, openOutput } from "../cli/output.ts";
import { exits, Interrupted, messageOf, systemError, usageError } from "../model/errors.ts";
import { multiple } from "../model/quantities.ts";
import { describeCommit, describeHost } from "../run/host.ts";
import { cleanLeftovers } from "../safety/leftovers.ts";
import { benches } from "./benches.ts";
import { targets } from "./table.ts";

interface Flags {
  readonly rate?: number;
  readonly seconds?: number;
  readonly minutes: number;
  readonly peers: boolean;
  readonly json: string;
}

/**
 * `npm run bench`: what the reference system carries with every hop through Toxiproxy, the generator on the same cores.
 * Figures of one machine at one time: a target that is missed is told, and is no failure.
 * @returns the exit code; never throws
 */
export async function main(argv: readonly string[]): Promise<number> {
  let exit: number = exits.pass;
  const output = openOutput({ colour: false, quiet: false });
  const program = commandLine().action(async (name: string | undefined, flags: Flags) => {
    exit = await bench(name === undefined ? Object.keys(benches) : [name], flags, output);
  });
  try {
    await program.parseAsync(argv);
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exits.pass : exits.usage;
    output.say(...explain(error));
    return exitFor(error);
  }
}

function commandLine(): Command {
  const names = Object.keys(benches).join(", ");
  return new Command("npm run bench --")
    .argument("[bench]", `one of ${names}; all of them when left out`, (name) => {
      if (Object.hasOwn(benches, name)) return name;
      throw new InvalidArgumentError(`There are ${names}.`);
    })
    .option("--rate <number>", "one rate per second instead of several; for one bench alone", positive)
    .option("--seconds <number>", "how long each rate is measured (each bench has a default)", positive)
    .option("--minutes <number>", "how long the memory is watched; its growth shows from 5 on", positive, 1)
    .option("--peers", "also measure vegeta, k6 and oha where they are installed; for instrument", false)
    .option("--json <file>", "where all figures are written", "reports/bench.json")
    .showHelpAfterError()
    .exitOverride();
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It must be a number above 0.");
}

async function bench(names: readonly string[], flags: Flags, output: Output): Promise<number> {
  assertPossible(names, flags);
  const environment = await environmentNamed("local").open();
  for (const { runId } of await cleanLeftovers()) output.say(`cleaned up what the run ${runId} had left`);
  const host = {
    ...describeHost(),
    processor: cpus()[0]?.model,
    loadBefore: loadavg(),
    commit: await describeCommit(),
  };
  const [lastMinute = 0] = host.loadBefore;
  output.print(`${host.cores} cores, Node ${host.node}, commit ${host.commit}; load before ${multiple(lastMinute)}`);
  const results: Record<string, object[]> = {};
  const interrupts = listenForInterrupts((line) => output.say(line));
  try {
    for (const name of names) {
      const measured: object[] = [];
      results[name] = measured;
      const { signal } = interrupts;
      const { rate, seconds, minutes, peers: hasPeers } = flags;
      const keep = (one: object): void => void measured.push(one);
      await benches[name]?.({ rate, seconds, minutes, hasPeers, environment, signal, output, keep });
    }
    return exits.pass;
  } catch (error) {
    if (!(error instanceof Interrupted)) output.say(...explain(error));
    return exitFor(error);
  } finally {
    // Also what was measured before an end that nobody wanted.
    interrupts.end();
    writeFigures(flags.json, { host, targets, results }, output);
  }
}

function assertPossible(names: readonly string[], { rate }: Flags): void {
  if (process.platform !== "linux") {
    const message = `this is ${process.platform}, and CPU and memory are read from /proc`;
    throw systemError({ code: "NO_PROC", where: "bench", message, remedy: "Run it on Linux." });
  }
  const isOneRate = names.length === 1 && names[0] !== "memory";
  if (rate === undefined || isOneRate) return;
  const remedy = "Name one of them, as `npm run bench -- reads --rate 800`.";
  throw usageError({ code: "RATE_OF_WHAT", where: "--rate", message: "is for one bench alone", remedy });
}

/** Figures that can't be written have been printed; it is no reason to lose the exit code. */
function writeFigures(path: string, figures: object, output: Output): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(figures, null, 2)}\n`);
  } catch (error) {
    output.say(`the figures could not be written: ${messageOf(error)}`);
  }
}
