import type { GeneratorReport } from "../model/check.ts";
import { assertAllowedTargets } from "../safety/foreign-targets.ts";
import { Generator } from "./generator.ts";
import type { LoadOptions } from "./options.ts";

/**
 * Sends every operation of the plan when it is due, whatever became of those before it (an open loop), and gives each
 * exactly one record. Returns when all are settled; then no socket or timer of the load is left, and no promise but those
 * of `perform` that do not settle.
 * @throws FaultlineError FOREIGN_TARGET; WORKLOAD_THREW or BAD_REQUEST when an operation's request cannot be made; what
 * the writer throws; an Error when an operation was lost, which is a bug in Faultline
 */
export async function runLoad(options: LoadOptions): Promise<GeneratorReport> {
  assertAllowedTargets(options.targets, options.allowedTargets ?? []);
  const generator = new Generator(options);
  await generator.run();
  return generator.report();
}
