import { createHash } from "node:crypto";
import { type Html, html } from "./html.ts";
import { style } from "./style.ts";

/**
 * A whole page as one file that asks the network for nothing, and runs nothing but a script of our own.
 * @param script static: no value of a run may get there
 */
export function htmlDocument(title: string, content: Html, script?: string): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(script)}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
${content}
</main>
`;
  return `${page.toString()}${script === undefined ? "" : `<script>${script}</script>\n`}</body>\n</html>\n`;
}

/** Nothing may be fetched; the one style and the one script are allowed by what they say. */
function policy(script?: string): string {
  const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const scripts = script === undefined ? "" : ` script-src ${hashOf(script)};`;
  return `default-src 'none'; style-src ${hashOf(style.toString())};${scripts} base-uri 'none'; form-action 'none'`;
}
