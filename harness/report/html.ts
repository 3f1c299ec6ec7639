import { plain } from "./text.ts";

/** Text that is HTML already. Only the `html` tag makes one, so that there is no way around the escaping. */
export class Html {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }

  /** What the tag below does; in the class, because only there is the constructor to be had. */
  static of(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
    let text = strings[0] ?? "";
    for (const [index, value] of values.entries()) text += rendered(value) + (strings[index + 1] ?? "");
    return new Html(text);
  }
}

/** What may stand in a template: nothing for `undefined`, `null` and `false`; arrays in their order. */
export type HtmlValue = Html | string | number | undefined | null | false | readonly HtmlValue[];

/** The one way to make HTML: every value is escaped, wherever it stands (text or a quoted attribute). */
export const html = (strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html =>
  Html.of(strings, ...values);

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

function rendered(value: HtmlValue): string {
  if (value === undefined || value === null || value === false) return "";
  if (value instanceof Html) return value.toString();
  if (typeof value === "object") return value.map(rendered).join("");
  return plain(String(value)).replace(/[&<>"'`]/g, (character) => escapes[character] ?? "");
}
