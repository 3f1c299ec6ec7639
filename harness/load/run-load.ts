import type { GeneratorReport } from "../model/check.ts";
import { Generator } from "./generator.ts";
import type { LoadOptions } from "./options.ts";

/**
 * Sends every operation of the plan when it is due, whatever became of those before it (an open loop), and gives each
 * exactly one record. Returns when all are settled; then no socket, timer or promise of the load is left.
 * @throws FaultlineError WORKLOAD_THREW when an operation's request cannot be made; what the writer throws; an Error
 * when an operation was lost, which is a bug in Faultline
 */
export async function runLoad(options: LoadOptions): Promise<GeneratorReport> {
  const generator = new Generator(options);
  await generator.run();
  return generator.report();
}
