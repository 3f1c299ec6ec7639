import { type FaultlineError, messageOf, usageError } from "../model/errors.ts";

/**
 * The workload itself is at fault: nothing was sent, and nothing can be said of the system.
 * @param where the function of the scenario, as `workload.operations.buy.request`
 * @param id of the operation
 */
export function workloadThrew(where: string, id: number, cause: unknown): FaultlineError {
  const message = `no request could be made of operation ${id}: ${messageOf(cause)}`;
  const remedy = "Correct the operation: `request` gets a draw and returns method, path, and perhaps headers and body.";
  return usageError({ code: "WORKLOAD_THREW", where, message, remedy }, { cause });
}
