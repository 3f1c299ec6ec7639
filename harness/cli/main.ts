import { Command, CommanderError } from "commander";
import { exits, usageError } from "../model/errors.ts";
import { redact } from "../model/redact.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import type { CapacityFlags } from "./capacity.ts";
import type { CheckFlags } from "./check.ts";
import { collect } from "./collect.ts";
import type { CompareFlags } from "./compare.ts";
import { applyConfig } from "./config.ts";
import { defineExplore } from "./define-explore.ts";
import { defineInit } from "./define-init.ts";
import { defineProve } from "./define-prove.ts";
import { examples } from "./examples.ts";
import type { ExportFlags } from "./export.ts";
import { errorDocument, exitFor, explain, type Output, openOutput } from "./output.ts";
import type { RunFlags } from "./run.ts";
import { version } from "./version.ts";

type Action = (output: Output) => Promise<number> | number;
/** What is done with the command that was chosen. */
export type Perform = (action: Action) => Promise<void>;

/** The command line. @returns the exit code; never throws */
export async function main(argv: readonly string[]): Promise<number> {
  // The reader of a pipe may have had enough, as `head` does; that is no error of ours.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  let exit: number = exits.pass;
  const program = new Command();
  let chosen = program;
  const perform = async (action: Action): Promise<void> => {
    exit = await guarded(program, async (output) => {
      // What repairs and what tells of the past must not need a configuration.
      if (chosen.options.some(({ long }) => long === "--scenarios" || long === "--env")) {
        // The configuration may import all that scenarios do: the first words come before.
        output.pin([output.colours.dim("loading the configuration")]);
        await applyConfig(chosen);
        output.pin([]);
      }
      return action(output);
    });
  };
  define(program, perform);
  program.hook("preAction", (_, command) => {
    chosen = command;
  });
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exits.pass : exits.usage;
  }
  return exit;
}

/** Every command's last line of defence: an error is told in the form that was asked for. */
async function guarded(program: Command, action: Action): Promise<number> {
  const { color, quiet } = program.opts<{ color: boolean; quiet?: boolean }>();
  const output = openOutput({ colour: color ? undefined : false, quiet });
  try {
    return await action(output);
  } catch (error) {
    output.pin([]);
    if (process.argv.includes("--json")) output.json(errorDocument(error));
    process.stderr.write(`${redact(explain(error).join("\n"))}\n`);
    return exitFor(error);
  }
}

/**
 * All commands with their options; what each does is loaded when it is chosen, so that the first words come at once.
 * @param perform what is done with the one that was chosen
 */
export function define(program: Command, perform: Perform): void {
  program
    .name("faultline")
    .description("Breaks the parts of a data system on purpose, under load, and proves whether users noticed.")
    .version(version)
    .option("-q, --quiet", "say nothing but the answer")
    .option("--no-color", "no colours, as with NO_COLOR=1")
    .exitOverride()
    .allowExcessArguments()
    .showSuggestionAfterError()
    .helpCommand("help [command]", "all of this, or all about a command")
    .configureHelp({ sortSubcommands: false });
  const allowTarget = [
    "--allow-target <host>",
    "a host elsewhere that is yours to break; again for more",
    collect,
    [] as readonly string[],
  ] as const;
  const folder = ["--scenarios <folder>", "where the scenarios are", "scenarios"] as const;

  program
    .command("run [filter...]")
    .description("run scenarios: by id, by a glob over ids, or by file")
    .option("--seed <text>", "the seed of load and faults; the same seed gives the same plan")
    .option("--env <name>", "where the system is started", "local")
    .option("--tag <name>", "only scenarios with this tag")
    .option("--variant <name>", "only this variant of the system, of scenarios that have variants")
    .option("--repeat <count>", "run each so often, with the same plan, and judge them together")
    .option("--last-failed", "only scenarios whose last run did not pass")
    .option("--shard <i/n>", "only the share of one of several machines; `merge` joins them")
    .option(...allowTarget)
    .option("--reporter <name...>", "junit or github; by default those that fit where this runs")
    .option("--baseline <file>", "compare with it afterwards, and fail when something got worse")
    .option("-v, --verbose", "also each receipt, and the components' logs as they are written")
    .option("--keep-up", "leave the system up afterwards, with its addresses, until Ctrl-C")
    .option("--dry-run", "print the plan and start nothing")
    .option("--json", "one JSON document on stdout")
    .option("-o, --output <folder>", "where the run folders go", "reports")
    .option(...folder)
    .action((filters: string[], flags: RunFlags) =>
      perform(async (output) => {
        const loading = output.colours.dim("loading the scenarios");
        // On a screen it is gone again as soon as there is something to say.
        if (output.isLive) output.pin([loading]);
        else output.say(loading);
        return (await import("./run.ts")).run(filters, flags, output);
      }),
    );

  program
    .command("new <name>")
    .description("a scenario that runs as it is, to be made your own")
    .option(...folder)
    .action((name: string, flags: { scenarios: string }) =>
      perform(async (output) => (await import("./new.ts")).newScenario(name, flags, output)),
    );

  defineInit(program, perform);

  program
    .command("validate [filter...]")
    .description("plan scenarios and start nothing: all problems at once")
    .option("--env <name>", "where they would be started", "local")
    .option("--json", "one JSON document on stdout")
    .option(...folder)
    .action((filters: string[], flags: { scenarios: string; env: string; json?: boolean }) =>
      perform(async (output) => (await import("./validate.ts")).validate(filters, flags, output)),
    );

  program
    .command("replay <run>")
    .description("run a stored run's scenario again, with the same schedule and load")
    .option("--env <name>", "where the system is started", "local")
    .option("--repeat <count>", "run it so often, and judge the runs together")
    .option(...allowTarget)
    .option("--json", "one JSON document on stdout")
    .option("-o, --output <folder>", "where the run folders go", "reports")
    .action((stored: string, flags: Omit<RunFlags, "scenarios">) =>
      perform(async (output) => (await import("./replay.ts")).replay(stored, { ...flags, scenarios: "." }, output)),
    );

  program
    .command("show [run]")
    .description("what a stored run came to; by default the latest")
    .option("--json", "its record on stdout")
    .action((stored: string | undefined, flags: { json?: boolean }) =>
      perform(async (output) => (await import("./show.ts")).show(stored, flags, output)),
    );

  program
    .command("open [run]")
    .description("open the report of a stored run; by default the latest")
    .action((stored: string | undefined) =>
      perform(async (output) => (await import("./show.ts")).open(stored, output)),
    );

  defineProve(program, perform);
  defineExplore(program, perform);

  program
    .command("list [fault...]")
    .description("list the scenarios; with --faults, what can be broken")
    .option("--faults", "every kind of fault, or all about those that are named")
    .option("--env <name>", "where: not every environment can do everything", "local")
    .option("--json", "an array of objects with id, name, tags")
    .option(...folder)
    .action((names: string[], flags: { scenarios: string; env: string; faults?: boolean; json?: boolean }) =>
      perform(async (output) => {
        if (flags.faults === true) return (await import("./list-faults.ts")).listFaults(names, flags, output);
        return (await import("./list.ts")).list(flags, output);
      }),
    );

  program
    .command("doctor")
    .description("what is needed, where it was found, and how to get it")
    .option("--fix", "get what is missing")
    .option("--json", "one JSON document on stdout")
    .action((flags: { fix?: boolean; json?: boolean }) =>
      perform(async (output) => (await import("./doctor.ts")).doctor(flags, output)),
    );

  program
    .command("report <run...>")
    .description("render the report of stored runs again")
    .action((folders: string[]) => perform(async (output) => (await import("./report.ts")).report(folders, output)));

  program
    .command("index [folder]")
    .description("make the overview of all reports of a folder anew, from its runs")
    .action((folder: string | undefined) =>
      perform(async (output) => (await import("./index-reports.ts")).indexReports(folder ?? "reports", output)),
    );

  program
    .command("merge <folder...>")
    .description("join the reports of shards into one folder")
    .option("-o, --output <folder>", "where to", "reports")
    .action((folders: string[], flags: { output: string }) =>
      perform(async (output) => (await import("./merge.ts")).merge(folders, flags, output)),
    );

  program
    .command("check <run...>")
    .description("judge stored runs again, without running anything")
    .option("--scenario <file>", "with the checks that this file states now")
    .option("--write", "keep the verdicts in the run folder, and render its report again")
    .option("--json", "one JSON document on stdout")
    .action((folders: string[], flags: CheckFlags) =>
      perform(async (output) => (await import("./check.ts")).check(folders, flags, output)),
    );

  program
    .command("compare <base> <run...>")
    .description("what changed between runs: verdicts, latency, failures, throughput, the figures of the fault")
    .option("--format <name>", "terminal, markdown, html or json", "terminal")
    .option("-o, --output <file>", "instead of stdout; there is the terminal's table on stderr then")
    .action((base: string, runs: string[], flags: CompareFlags) =>
      perform(async (output) => (await import("./compare.ts")).compare(base, runs, flags, output)),
    );

  program
    .command("baseline <run...>")
    .description("write what `compare` needs of runs into one small file, to be kept with the code")
    .option("-o, --output <file>", "instead of stdout")
    .action((runs: string[], flags: Pick<CompareFlags, "output">) =>
      perform(async (output) => (await import("./compare.ts")).baseline(runs, flags, output)),
    );

  program
    .command("export <run>")
    .description("write the history of a stored run for other tools")
    .option("--format <name>", "csv, jsonl or hdr", "csv")
    .option("-o, --output <file>", "instead of stdout")
    .option("--force", "overwrite the file")
    .action((run: string, flags: ExportFlags) =>
      perform(async (output) => (await import("./export.ts")).exportRun(run, flags, output)),
    );

  program
    .command("capacity <scenario>")
    .description("find the rate at which a system keeps its promise: of a scenario, or of a URL on this machine")
    .option("--within <ms>", "the promise: answers within this time (default: the workload's SLO, or 300)")
    .option("--availability <share>", "the promise: this share of them (default: the workload's SLO, or 0.99)")
    .option("--seconds <count>", "how long each rate is tried", "4")
    .option("--connections <count>", "the most that the closed loop opens", "128")
    .option("--env <name>", "where the system is started", "local")
    .option(...allowTarget)
    .option("--json", "one JSON document on stdout")
    .option("-o, --output <folder>", "where the folder with the logs goes", "reports")
    .option(...folder)
    .action((what: string, flags: CapacityFlags) =>
      perform(async (output) => (await import("./capacity.ts")).capacity(what, flags, output)),
    );

  program
    .command("completion <shell>")
    .description("what bash, zsh or fish needs to complete commands, flags and scenarios")
    .action((shell: string) =>
      perform(async (output) => (await import("./completion.ts")).completion(shell, program, output)),
    );

  program
    .command("clean")
    .description("undo what runs that were killed left behind")
    .action(() => perform(async (output) => (await import("./clean.ts")).clean(output)));

  for (const command of [program, ...program.commands]) command.addHelpText("after", examples[command.name()] ?? "");
  program.action((_flags, command: Command) =>
    perform((output) => {
      const [name] = command.args;
      if (name === undefined) {
        output.print(command.helpInformation().trimEnd(), examples["faultline"] ?? "");
        return exits.pass;
      }
      const known = program.commands.map((one) => one.name());
      const remedy = `${didYouMean(name, known)} \`faultline --help\` tells more.`;
      const message = `there is no command "${name}"`;
      throw usageError({ code: "UNKNOWN_COMMAND", where: "faultline", message, remedy });
    }),
  );
}
