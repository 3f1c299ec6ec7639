import { type Html, html } from "./html.ts";

/** A wide table that scrolls by itself on a narrow screen, by keyboard too. */
export const scrolling = (label: string, table: Html): Html =>
  html`<div class="scroll" role="group" aria-label="${label}" tabindex="0">${table}</div>`;
