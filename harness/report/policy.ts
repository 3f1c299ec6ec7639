import { createHash } from "node:crypto";
import { style } from "./style.ts";

/** A page's content security policy. Nothing may be fetched; the one style and the one script are allowed by what they say. */
export function policyFor(script?: string): string {
  const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const scripts = script === undefined ? "" : ` script-src ${hashOf(script)};`;
  return `default-src 'none'; style-src ${hashOf(style.toString())};${scripts} base-uri 'none'; form-action 'none'`;
}
