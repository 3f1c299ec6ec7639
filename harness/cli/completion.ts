import type { Command } from "commander";
import { exits, usageError } from "../model/errors.ts";
import { didYouMean } from "../plan/suggest.ts";
import type { Output } from "./output.ts";

/** Commands whose arguments are scenarios: asked of the project when Tab is pressed, as it is then. */
const ofScenarios = ["run", "validate", "capacity"];
/** The ids, without a program besides the shell's own. */
const scenarioIds = "faultline list --quiet 2>/dev/null | cut -d' ' -f1";

interface Words {
  /** Command → its flags. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  /** Command → what it does. */
  readonly descriptions: ReadonlyMap<string, string>;
}

/** `faultline completion <shell>`: what the shell needs to know, made from the commands themselves. @returns the exit code */
export function completion(shell: string, program: Command, output: Output): number {
  const script = shells[shell];
  if (script === undefined) {
    const remedy = didYouMean(shell, Object.keys(shells));
    throw usageError({ code: "UNKNOWN_SHELL", where: "completion", message: `there is none for "${shell}"`, remedy });
  }
  const common = program.options.flatMap(({ long }) => long ?? []);
  output.print(
    script({
      flags: new Map(
        program.commands.map((one) => [one.name(), [...one.options.flatMap(({ long }) => long ?? []), ...common]]),
      ),
      descriptions: new Map(program.commands.map((one) => [one.name(), one.description().replaceAll("'", "")])),
    }),
  );
  return exits.pass;
}

const cases = ({ flags }: Words): string =>
  [...flags].map(([name, all]) => `    ${name}) flags="${all.join(" ")}" ;;`).join("\n");

function bash(words: Words): string {
  return `_faultline() {
  local word=\${COMP_WORDS[COMP_CWORD]} command=\${COMP_WORDS[1]} flags="" others=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${[...words.flags.keys()].join(" ")}" -- "$word"))
    return
  fi
  case $command in
${cases(words)}
  esac
  case $command in ${ofScenarios.join("|")}) [[ $word == -* ]] || others=$(${scenarioIds}) ;; esac
  COMPREPLY=($(compgen -W "$flags $others" -- "$word"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$word"))
}
complete -F _faultline faultline`;
}

/** By way of bash's own: zsh brings what that needs. */
const zsh = (words: Words): string => `autoload -U +X bashcompinit && bashcompinit\n${bash(words)}`;

function fish({ flags, descriptions }: Words): string {
  const lines = [...descriptions].map(
    ([name, text]) => `complete -c faultline -n __fish_use_subcommand -f -a ${name} -d '${text}'`,
  );
  for (const [name, all] of flags) {
    const seen = `'__fish_seen_subcommand_from ${name}'`;
    for (const flag of all) lines.push(`complete -c faultline -n ${seen} -l ${flag.slice(2)}`);
    if (ofScenarios.includes(name)) lines.push(`complete -c faultline -n ${seen} -a "(${scenarioIds})"`);
  }
  return lines.join("\n");
}

const shells: Readonly<Record<string, (words: Words) => string>> = { bash, zsh, fish };
