import type { Command } from "commander";
import { collect } from "./collect.ts";
import type { InitFlags } from "./init.ts";
import type { Perform } from "./main.ts";

/** `faultline init`. */
export function defineInit(program: Command, perform: Perform): void {
  program
    .command("init")
    .description("a configuration and a first scenario, made of a compose file")
    .requiredOption("--from <file>", "the compose file; what is made lies beside it")
    .option("--profile <name>", "also services that only this profile has; again for more", collect, [])
    .option("--force", "overwrite what is there")
    .action((flags: InitFlags) => perform(async (output) => (await import("./init.ts")).init(flags, output)));
}
