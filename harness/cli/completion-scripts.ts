// What each shell reads. Nothing of the project stands in a script: scenarios are asked for when Tab is pressed.

/** What stands in the place of a word: one of a list, something that the shell or the project knows, or anything. */
export type Place =
  | { readonly is: "words"; readonly words: readonly string[] }
  | { readonly is: "scenarios" | "folders" | "files" | "anything" };

/** An option as a shell needs to know it. */
export interface Flag {
  /** `--output`, and `-o` where there is one. */
  readonly names: readonly string[];
  readonly description: string;
  /** Absent where it takes no value. */
  readonly value?: Place;
}

/** A command as a shell needs to know it. */
export interface Completed {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly Flag[];
  readonly argument: Place;
}

/** The ids of the scenarios, one a line, by nothing but what every system has; an empty answer where there are none. */
const scenarioIds = `faultline list --json 2>/dev/null | sed -n 's/^ *"id": "\\(.*\\)",$/\\1/p'`;

/** @returns functions for bash 3.2 or newer */
export function bash(commands: readonly Completed[], common: readonly Flag[]): string {
  const all: readonly Completed[] = [
    { name: "", description: "", flags: common, argument: { is: "words", words: commands.map(({ name }) => name) } },
    ...commands,
  ];
  return `# Words that begin with the one at hand. By lines: what a name holds must not be split, nor be run.
_faultline_offer() {
  local one
  while IFS= read -r one; do
    [[ $one == "$word"* ]] && COMPREPLY+=("$(printf '%q' "$one")")
  done
}
_faultline_paths() {
  local one
  compopt -o filenames 2>/dev/null
  while IFS= read -r one; do COMPREPLY+=("$one"); done < <(compgen "$1" -- "$word")
}
_faultline() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command="" place="" flags="" at
  for ((at = 1; at < COMP_CWORD; at++)); do
    [[ \${COMP_WORDS[at]} == -* ]] || { command=\${COMP_WORDS[at]}; break; }
  done
  case $command in
${all.map(caseOf).join("\n")}
  esac
  [[ $word == = ]] && word=""
  [[ $before == = ]] && before=\${COMP_WORDS[COMP_CWORD - 2]}
  case "$command $before" in
${all.flatMap(valuesOf).join("\n")}
    *) [[ $word == -* ]] && place="words $flags" ;;
  esac
  COMPREPLY=()
  case $place in
    words*) _faultline_offer < <(compgen -W "\${place#words}") ;;
    scenarios) _faultline_offer < <(${scenarioIds}); [ \${#COMPREPLY[@]} -gt 0 ] || _faultline_paths -f ;;
    folders) _faultline_paths -d ;;
    files) _faultline_paths -f ;;
  esac
}
complete -F _faultline faultline`;
}

/** By way of bash's own: zsh brings what that needs. */
export const zsh = (commands: readonly Completed[], common: readonly Flag[]): string =>
  `autoload -U +X bashcompinit && bashcompinit\n${bash(commands, common)}`;

const caseOf = ({ name, flags, argument }: Completed): string => {
  const names = flags.flatMap((flag) => flag.names.filter((one) => one.startsWith("--")));
  return `    ${name || '""'}) flags="${names.join(" ")}" place="${inWords(argument)}" ;;`;
};

const valuesOf = ({ name, flags }: Completed): readonly string[] =>
  flags.flatMap(({ names, value }) => {
    if (value === undefined) return [];
    return [`    ${names.map((one) => `"${name} ${one}"`).join("|")}) place="${inWords(value)}" ;;`];
  });

const inWords = (place: Place): string => (place.is === "words" ? ["words", ...place.words].join(" ") : place.is);

/** @returns lines for `~/.config/fish/completions/faultline.fish` */
export function fish(commands: readonly Completed[], common: readonly Flag[]): string {
  const lines = ["complete -c faultline -f"];
  const first = "-n __fish_use_subcommand";
  for (const flag of common) lines.push(`complete -c faultline ${first} ${fishFlag(flag)}`);
  for (const { name, description, flags, argument } of commands) {
    const seen = `-n '__fish_seen_subcommand_from ${name}'`;
    lines.push(`complete -c faultline ${first} -a ${name} -d ${quoted(description)}`);
    for (const flag of flags) lines.push(`complete -c faultline ${seen} ${fishFlag(flag)}`);
    const words = fishWords(argument);
    if (words !== undefined) lines.push(`complete -c faultline ${seen} ${words}`);
  }
  return lines.join("\n");
}

function fishFlag({ names, description, value }: Flag): string {
  const said = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const taken = value === undefined ? [] : ["-r", fishWords(value) ?? ""];
  return [...said, ...taken, "-d", quoted(description)].filter(Boolean).join(" ");
}

function fishWords(place: Place): string | undefined {
  switch (place.is) {
    case "words":
      return `-a ${quoted(place.words.join(" "))}`;
    case "scenarios":
      return `-a ${quoted(`(${scenarioIds})`)}`;
    case "folders":
      return "-a '(__fish_complete_directories)'";
    case "files":
      return "-F";
    case "anything":
      return undefined;
  }
}

/** As fish reads a text in single quotes. */
const quoted = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;
