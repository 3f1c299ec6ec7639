/** Sequences that a terminal acts on: CSI with its parameters, OSC with its text, and the two-byte ones. */
const sequences = new RegExp(
  [
    String.raw`(?:\u001b\[|\u009b)[0-?]*[ -\/]*[@-~]`,
    String.raw`(?:\u001b\]|\u009d)[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c)?`,
    String.raw`\u001b[ -\/]*[0-~]`,
  ].join("|"),
  "g",
);
/**
 * Control characters, format characters (bidi, zero width, tags), separators that are no line feed, and code points that
 * are no characters, some of which XML does not take.
 */
const invisible = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{NChar}]/gu;

/**
 * Text of a system under test without what could act on a terminal, reorder a line or hide in it. Tabs and line feeds
 * stay; halves of surrogate pairs become U+FFFD.
 */
export function plain(text: string): string {
  return text.replace(sequences, "").replace(invisible, "").toWellFormed();
}

/** The same on one line, and at most `limit` UTF-16 units long; a cut is shown. */
export function oneLine(text: string, limit = 400): string {
  const line = plain(text).replace(/\s+/g, " ").trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/**
 * The same with every line after the first marked as a quotation: what a program wrote must not look like our words,
 * nor, at the beginning of a line, be a command to the CI that reads them (as GitHub's `::error::`).
 */
export const quoted = (text: string): string => plain(text).replaceAll("\n", "\n  | ");
