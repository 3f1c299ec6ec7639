import { type Address, type HttpRequest, type Judgement, milliseconds, type Workload, workload } from "faultline";
import { keepers, productNames } from "./seed.ts";
import { judge, order, send } from "./shop-api.ts";

/** Of one press; a browser shows its spinner for longer than that, and a finger is faster. */
const patienceMs = 100;
/** Of the last press: who has pressed so often waits. */
const lastPatienceMs = 600;
const pauseMs = 50;
const tries = 6;

/**
 * Customers who press the button again when nothing happens: the same order with the same idempotency key, while the
 * first may still be under way. However often they press, they want it once.
 */
export function impatient({ perSecond }: { perSecond: number }): Workload {
  return workload({
    name: "impatient",
    perSecond,
    keys: productNames.length,
    skew: 1,
    sessions: 20,
    operations: {
      insist: {
        weight: 1,
        effect: "insert",
        deadline: milliseconds((tries - 1) * (patienceMs + pauseMs) + lastPatienceMs + 200),
        perform: (draw, { target, signal }) => insist(target, order(keepers.acme, draw.key + 1, draw.token), signal),
      },
    },
  });
}

/**
 * Sends a request until it is taken.
 * @returns the last refusal where each try claimed that it changed nothing
 * @throws Error where one was not answered, or may have been taken for another reason
 */
export async function insist(target: Address, request: HttpRequest, signal: AbortSignal): Promise<Judgement> {
  let last: unknown;
  let refusal: Judgement | undefined;
  let isUnchanged = true;
  for (let made = 0; made < tries && !signal.aborted; made += 1) {
    if (made > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const patience = AbortSignal.timeout(made === tries - 1 ? lastPatienceMs : patienceMs);
    try {
      const reply = await send(target, request, AbortSignal.any([signal, patience]));
      const judgement = judge(reply, 202, (body) => (typeof body["orderId"] === "string" ? {} : undefined));
      if (judgement.outcome !== "rejected") return judgement;
      last = new Error(judgement.detail);
      refusal = judgement;
      isUnchanged &&= judgement.notExecuted === true;
    } catch (error) {
      last = error;
      isUnchanged = false;
    }
  }
  if (refusal !== undefined && isUnchanged) return refusal;
  throw new Error(`not taken in ${tries} tries`, { cause: last });
}
