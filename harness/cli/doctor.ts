import { exits } from "../model/errors.ts";
import { type DoctorRow, examine } from "../setup/doctor.mjs";
import { setUp } from "../setup/setup.mjs";
import { asFaultlineError } from "./local-tools.ts";
import type { Output } from "./output.ts";

/** `faultline doctor`: what is needed, found where, and how to get it. @returns 3 when something is missing */
export async function doctor(flags: { fix?: boolean; json?: boolean }, output: Output): Promise<number> {
  if (flags.fix === true) await asFaultlineError(() => setUp({ say: (line) => output.say(line) }));
  const rows = await examine();
  if (flags.json === true) output.json(rows);
  else output.print(...table(rows, output));
  return rows.every(({ ok }) => ok) ? exits.pass : exits.system;
}

function table(rows: readonly DoctorRow[], { colours }: Output): readonly string[] {
  const cells = rows.map((row) => [row.component, row.needed, row.version || "–", row.from, row.found]);
  const head = ["component", "needed", "version", "from", "where"];
  const widths = head.map((title, column) =>
    Math.max(...[head, ...cells].map((row) => row[column]?.length ?? 0), title.length),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [
    colours.dim(`   ${line(head)}`),
    ...rows.flatMap(({ ok, component, remedy }, index) => [
      `${ok ? colours.green("✓") : colours.red("✗")}  ${line(cells[index] ?? [])}`,
      ...(ok ? [] : [`   ${colours.yellow(`${component}: ${remedy}`)}`]),
    ]),
    "",
    rows.every(({ ok }) => ok)
      ? "Everything is here."
      : "Something is missing: `faultline doctor --fix` gets what can be had.",
  ];
}
