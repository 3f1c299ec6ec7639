import { exits } from "../model/errors.ts";
import { cleanLeftovers } from "../safety/leftovers.ts";
import type { Output } from "./output.ts";

/** `faultline clean`: undoes what dead runs left. Runs that live are not touched. @returns the exit code */
export async function clean(output: Output): Promise<number> {
  const leftovers = await cleanLeftovers();
  for (const { runId, failures } of leftovers) {
    output.print(failures.length === 0 ? `cleaned up ${runId}` : `${runId}: ${failures.join("; ")}`);
  }
  if (leftovers.length === 0) output.print("nothing was left behind");
  return leftovers.every(({ failures }) => failures.length === 0) ? exits.pass : exits.leftBroken;
}
