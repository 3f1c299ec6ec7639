import type { Command } from "commander";
import { collect } from "./collect.ts";
import type { ExploreFlags } from "./explore.ts";
import type { Perform } from "./main.ts";

/** `faultline explore`, with its options. */
export function defineExplore(program: Command, perform: Perform): void {
  program
    .command("explore [scenario]")
    .description("break whatever can be broken in a scenario's system, and shrink what fails to its core")
    .option("--minutes <count>", "how long, shrinking included; a run that is under way may end", "5")
    .option("--seed <text>", "what the schedules are drawn from: the same seed draws the same", "1")
    .option("--confirm <count>", "how often what was found is run again, with and without", "3")
    .option("--schedules <count>", "try no more than so many schedules, whatever time is left", "10000")
    .option("--first", "stop at the first failure, when it is shrunk and confirmed")
    .option("--scenarios <folder>", "where the scenarios are", "scenarios")
    .option("--env <name>", "where the system is started", "local")
    .option("--allow-target <host>", "a host elsewhere that is yours to break; again for more", collect, [])
    .option("--json", "one JSON document on stdout")
    .option("-o, --output <folder>", "where explore.html, explore.json and what was found go", "reports")
    .action((filter: string | undefined, flags: ExploreFlags) =>
      perform(async (output) => (await import("./explore.ts")).explore(filter, flags, output)),
    );
}
