import { relative } from "node:path";
import { exits } from "../model/errors.ts";
import type { Output } from "./output.ts";
import { findScenarios, loadScenario } from "./scenarios.ts";

export interface ListFlags {
  readonly scenarios: string;
  readonly json?: boolean;
}

/** `faultline list`: the scenarios of a folder. @returns the exit code */
export async function list(flags: ListFlags, output: Output): Promise<number> {
  const loaded = await Promise.all(findScenarios(flags.scenarios).map(loadScenario));
  const rows = loaded.map(({ id, path, scenario }) => ({
    id,
    name: scenario.name,
    expects: scenario.expects,
    tags: scenario.tags ?? [],
    system: scenario.system.name,
    file: relative(process.cwd(), path),
  }));
  if (flags.json === true) output.json(rows);
  else {
    const width = Math.max(0, ...rows.map((row) => row.id.length));
    for (const row of rows) {
      const tags = row.tags.length > 0 ? output.colours.dim(`  [${row.tags.join(", ")}]`) : "";
      output.print(`${output.colours.bold(row.id.padEnd(width))}  ${row.name}${tags}`);
    }
    if (rows.length === 0) output.say(`no scenario is in ${flags.scenarios}`);
  }
  return exits.pass;
}
