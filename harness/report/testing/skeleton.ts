import type { StoredRun } from "../../model/run.ts";
import { renderReport } from "../index.ts";
import { script } from "../script.ts";

/** A report without its own script, which is the same in all of them. @throws unless it is there exactly once, at the end */
export function scriptless(run: StoredRun): string {
  const [page = "", rest, ...more] = renderReport(run).split(`<script>${script}</script>`);
  if (rest?.trim() !== "</body>\n</html>" || more.length > 0) throw new Error("the script is not where it should be");
  return page + rest;
}

const tagPattern = /^<(\/?[a-z][a-z0-9]*|!doctype)((?:\s+[a-zA-Z-]+(?:="[^"<>]*")?)*)\s*\/?>/;

/**
 * The tags of a page with the names of their attributes, in order: what a text must not be able to change.
 * @throws when a `<` begins anything else
 */
export function skeletonOf(page: string): readonly string[] {
  const tags: string[] = [];
  for (let at = page.indexOf("<"); at !== -1; at = page.indexOf("<", at + 1)) {
    const [whole, name, attributes = ""] = tagPattern.exec(page.slice(at, at + 20_000)) ?? [];
    if (whole === undefined) throw new Error(`not a tag: ${page.slice(at, at + 80)}`);
    tags.push(
      [name, ...[...attributes.matchAll(/([a-zA-Z-]+)(?:="[^"]*")?/g)].map(([, attribute]) => attribute)].join(" "),
    );
  }
  return tags;
}

/** A cell's or an element's text: without tags, with the entities that the report writes. */
export function textOf(fragment: string): string {
  const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#96": "`" };
  return fragment
    .replace(/<[^>]*>/g, "")
    .replace(/&(amp|lt|gt|quot|#39|#96);/g, (_, name: string) => entities[name] ?? "")
    .trim();
}

/** The rows of the table that has this class, or of the first after a marker, as texts. */
export function rowsAfter(page: string, marker: string): readonly (readonly string[])[] {
  const from = page.indexOf("<table", page.indexOf(marker));
  const table = page.slice(from, page.indexOf("</table>", from));
  return table
    .split("<tr")
    .slice(1)
    .map((row) => [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = ""]) => textOf(cell)));
}
