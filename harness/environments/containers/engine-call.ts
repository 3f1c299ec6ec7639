import { messageOf, systemError } from "../../model/errors.ts";
import { statedDuration } from "../../model/quantities.ts";
import { withDeadline } from "../../network/deadline.ts";
import type { Ground } from "./ground.ts";

/** How long one call may take; a container that is being made can take seconds on a busy machine. */
const callWithinMs = 30_000;

/**
 * Waits for one answer of the engine.
 * @throws FaultlineError (3) that says what could not be done to whom, with the engine's own status
 */
export async function inTime<T>(ground: Ground, what: string, whom: string, call: () => Promise<T>): Promise<T> {
  let isLate = false;
  const late = (): Error => {
    isLate = true;
    ground.unanswered.calls += 1;
    return new Error(`it did not answer within ${statedDuration(callWithinMs)}`);
  };
  try {
    return await withDeadline(call(), callWithinMs, late);
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    const code = statusCode === undefined ? "ENGINE_SILENT" : "ENGINE_REFUSED";
    const message = `could not ${what} ${whom}: ${messageOf(error)}`;
    const remedy = isLate ? remedies.late : remedyOf(message);
    throw Object.assign(systemError({ code, where: "container engine", message, remedy }, { cause: error }), {
      statusCode,
    });
  }
}

const remedies = {
  late: "Look whether it is busy or stuck, and try again; `faultline clean` removes what it makes of this run later.",
  pools: "Remove networks that nobody uses (`docker network prune`), or give it more address pools.",
  mount:
    "It must see the folder of the scenarios under the same path: run it on this host, and share the folder with it.",
  other: "Look at what it says, and at its own log.",
} as const;

function remedyOf(message: string): string {
  if (/address pool/i.test(message)) return remedies.pools;
  return /bind source path|invalid mount/i.test(message) ? remedies.mount : remedies.other;
}
