import { oneLine, plain } from "./text.ts";

/** Text that means nothing to Markdown, nor to the HTML that it may hold. */
export function markdown(text: string): string {
  return oneLine(plain(text), 1000)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_{}[\]()#+\-.!|~@:/]/g, (character) => `&#${character.charCodeAt(0)};`);
}
