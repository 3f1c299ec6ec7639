/** What words are made of: a variable, what stands as it is, something behind a backslash, and what is in quotes. */
const part = /\$\{[^}]*\}|[^\s"'\\$]+|\$|\\[\s\S]|"(?:\\[\s\S]|[^"\\])*"|'[^']*'/g;
const word = new RegExp(`(?:${part.source})+`, "g");

/**
 * A command as compose splits it: by blanks, with quotes and backslashes as in a shell.
 * @returns undefined when a quote is not closed
 */
export function splitWords(text: string): readonly string[] | undefined {
  if (text.replace(word, "").trim() !== "") return undefined;
  return (text.match(word) ?? []).map((one) => one.replace(part, unquoted));
}

function unquoted(one: string): string {
  if (one.startsWith("'")) return one.slice(1, -1);
  if (one.startsWith('"')) return one.slice(1, -1).replace(/\\([\\"$`])/g, "$1");
  return one.startsWith("\\") ? one.slice(1) : one;
}
