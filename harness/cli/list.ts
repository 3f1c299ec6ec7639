import { relative } from "node:path";
import { exits, FaultlineError } from "../model/errors.ts";
import type { Output } from "./output.ts";
import { findScenarios, loadScenarios, tagsOf } from "./scenarios.ts";

/** `faultline list`: the scenarios of a folder. @returns the exit code */
export async function list(flags: { scenarios: string; json?: boolean }, output: Output): Promise<number> {
  const { loaded, problems } = await loadScenarios(findScenarios(flags.scenarios));
  if (problems.length > 0) throw new FaultlineError(exits.usage, problems);
  const rows = loaded.map(({ id, path, scenario }) => ({
    id,
    name: scenario.name,
    expects: scenario.expects,
    tags: tagsOf(scenario),
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
    if (rows.length === 0) output.say(`no scenario is in ${flags.scenarios}; make one: faultline new my-first`);
  }
  return exits.pass;
}
