import colours from "picocolors";
import { demoKeys } from "../access/demo-keys.ts";

export interface WelcomeOptions {
  readonly parts: readonly { readonly name: string; readonly url: string }[];
  readonly logs: string;
  /** Variables that make this shop another one than it is by itself, as MUTANT. */
  readonly variant: readonly (readonly [name: string, value: string])[];
  readonly isTerminal: boolean;
}

/** What there is, and what to type to try it out. */
export function welcome({ parts, logs, variant, isTerminal }: WelcomeOptions): string {
  const { bold, cyan, dim, yellow } = colours.createColors(isTerminal && colours.isColorSupported);
  const row = (name: string, text: string) => `  ${name.padEnd(10)} ${text}`;
  const entry = parts.find(({ name }) => name === "api-1")?.url ?? "";
  const lines = [
    bold("The shop is open."),
    "",
    ...parts.map(({ name, url }) => row(name, cyan(url))),
    ...variant.map(([name, value]) => row(name, yellow(value))),
    "",
    ...requests(entry).flatMap(({ title, command }) => [dim(`# ${title}`), command, ""]),
    row("API", cyan(`${entry}/openapi.json`)),
    row("logs", logs),
    "",
    `${bold("Ctrl-C")} stops all of it and leaves nothing behind.`,
    "",
  ];
  return lines.join("\n");
}

/** They work as they stand in any shell, again and again. */
function requests(url: string): readonly { title: string; command: string }[] {
  const curl = (path: string, more = "") =>
    `curl -isS -w '\\n' '${url}${path}' -H 'Authorization: Bearer ${demoKeys.acme.shopper}'${more}`;
  const order = ` -H 'Idempotency-Key: first-order' -H 'Content-Type: application/json'`;
  return [
    { title: "A read: from Postgres at first (x-served: miss), then from the cache.", command: curl("/products/1") },
    { title: "A search, in an index of its own.", command: curl("/search?q=kettle") },
    {
      title: "An order, which a worker fulfils: once, however often this is repeated.",
      command: curl("/orders", `${order} -d '{"productId":1,"quantity":1}'`),
    },
  ];
}
