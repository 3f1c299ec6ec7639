import type { Command } from "commander";
import { collect } from "./collect.ts";
import type { Perform } from "./main.ts";
import type { ProveFlags } from "./prove.ts";

/** `faultline prove`, with its options. */
export function defineProve(program: Command, perform: Perform): void {
  program
    .command("prove [filter...]")
    .description("run the scenarios against the system and against each of its mutants: does each bug get caught?")
    .option("--mutants <names>", "only these, with commas, also as globs; none: only the system as it is")
    .option("--scenarios <which>", "the folder of the scenarios, or some of them with commas", "scenarios")
    .option("--tag <name>", "only scenarios with this tag; by default all but those tagged parade or explore")
    .option("--repeat <count>", "how often each is run, with another seed each time", "1")
    .option(
      "--until-caught",
      "leave a mutant as soon as it is caught, trying first what caught it before; the system as it is runs once",
    )
    .option(
      "--known <file>",
      "the prove.json that says what caught it before, and nothing else is tried; by default the project's, or the latest, says what is first",
    )
    .option("--sample", "each mutant only with the scenario that catches it most surely")
    .option("--jobs <count>", "how many run at the same time; by default as many as fit, by what is measured")
    .option("--apart", "one mutant in a run at most, also where several could share it")
    .option("--fresh", "forget what an earlier proof has run, instead of going on from there")
    .option("--seed <text>", "what the seeds of the runs are made from", "prove")
    .option("--env <name>", "where the system is started", "local")
    .option("--allow-target <host>", "a host elsewhere that is yours to break; again for more", collect, [])
    .option("--json", "one JSON document on stdout")
    .option("-o, --output <folder>", "where prove.html, prove.json and the run folders go", "reports")
    .action((filters: string[], flags: ProveFlags) =>
      perform(async (output) => {
        output.pin([output.colours.dim("planning all runs")]);
        return (await import("./prove.ts")).prove(filters, flags, output);
      }),
    );
}
