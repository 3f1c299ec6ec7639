import type { Argument, Command, Option } from "commander";
import { faultKinds } from "../faults/index.ts";
import { exits, usageError } from "../model/errors.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import { bash, type Completed, type Flag, fish, type Place, zsh } from "./completion-scripts.ts";
import type { Output } from "./output.ts";

/** `faultline completion <shell>`: what the shell needs to know, made from the commands themselves. @returns the exit code */
export function completion(shell: string, program: Command, output: Output): number {
  const script = shells[shell];
  if (script === undefined) {
    const remedy = didYouMean(shell, Object.keys(shells));
    throw usageError({ code: "UNKNOWN_SHELL", where: "completion", message: `there is none for "${shell}"`, remedy });
  }
  const common = [...program.options.map(flagOf), help];
  const commands = program.commands.map((one) => ({
    name: one.name(),
    description: one.description(),
    flags: [...one.options.map(flagOf), ...common],
    argument: argumentOf(one.registeredArguments),
  }));
  output.print(script(commands, common));
  return exits.pass;
}

const shells: Readonly<Record<string, (commands: readonly Completed[], common: readonly Flag[]) => string>> = {
  bash,
  zsh,
  fish,
};

const help: Flag = { names: ["--help", "-h"], description: "tell more about it" };

function flagOf({ long, short, description, required, optional, flags }: Option): Flag {
  const names = [long, short].filter((name) => name != null);
  const [, placeholder = ""] = /[<[]([^\]>.]+)/.exec(flags) ?? [];
  return { names, description, ...(required || optional ? { value: placeOf(placeholder) } : {}) };
}

/** All arguments of a command are of one sort. */
const argumentOf = ([first]: readonly Argument[]): Place => placeOf(first?.name() ?? "");

/** By what the help calls it, which is the same everywhere. */
function placeOf(placeholder: string): Place {
  switch (placeholder) {
    case "filter":
    case "scenario":
      return { is: "scenarios" };
    case "folder":
    case "run":
    case "base":
      return { is: "folders" };
    case "file":
      return { is: "files" };
    case "fault":
      return { is: "words", words: faultKinds.map(({ kind }) => kind) };
    case "shell":
      return { is: "words", words: Object.keys(shells) };
    default:
      return { is: "anything" };
  }
}
