import { setTimeout as sleep } from "node:timers/promises";
import type { FinalState } from "../model/check.ts";
import type { Audit, AuditContext } from "../model/scenario.ts";

const pollMs = 100;

/**
 * Asks until nothing is under way any more, or the time is up.
 * @returns whether the system came to rest
 */
export async function waitForRest(audit: Audit, context: AuditContext, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    if (await audit.atRest(context)) return true;
    if (performance.now() >= deadline) return false;
    await sleep(pollMs, undefined, { signal: context.signal });
  }
}

/** Reads the final state, and refuses what is none, so that no check has to doubt it. @throws Error */
export async function readFinalState(audit: Audit, context: AuditContext): Promise<FinalState> {
  const state = (await audit.read(context)) as Partial<FinalState> | undefined;
  if (!Array.isArray(state?.registers) || !Array.isArray(state.items)) {
    throw new Error("it did not return { registers: […], items: […] }");
  }
  return state as FinalState;
}
