import { setTimeout as sleep } from "node:timers/promises";
import {
  type Address,
  type HttpReply,
  type HttpRequest,
  type Judgement,
  seconds,
  type Workload,
  workload,
} from "faultline";
import { keepers, productNames } from "./seed.ts";
import { changedNothing, judge, ofSeveral, order, parse, send } from "./shop-api.ts";

/** Of one try: longer than the shop takes to answer whatever happens. */
const patienceMs = 1000;
/** Between two tries: doubled with each, up to this. */
const pausesMs = { first: 50, longest: 500 } as const;
/** What is said of an operation must be said before its deadline. */
const spareMs = 400;

/**
 * Customers who want their order, however long it takes: the same order with the same idempotency key until it is taken,
 * or refused for good. What was taken is asked for once more, and must be the same order.
 * @param insisting.forSeconds how long each insists: through the rest of the faults, and longer than a check wants to see
 */
export function insistent({ perSecond, forSeconds }: { perSecond: number; forSeconds: number }): Workload {
  return workload({
    name: "insistent",
    perSecond,
    keys: productNames.length,
    sessions: 20,
    operations: {
      insistToTheEnd: {
        weight: 1,
        effect: "insert",
        deadline: seconds(forSeconds),
        perform: (draw, { target, signal }) =>
          insistToTheEnd(target, order(keepers.acme, draw.key + 1, draw.token), {
            untilMs: performance.now() + forSeconds * 1000 - spareMs,
            signal,
          }),
      },
    },
  });
}

interface Insisting {
  /** On the clock of `performance.now()`. */
  readonly untilMs: number;
  readonly signal: AbortSignal;
}

/**
 * Sends a request until its answer is not one to come again for.
 * @returns the last refusal where none other came; the `detail` begins with it
 * @throws Error when the last try had no answer
 */
export async function insistToTheEnd(target: Address, request: HttpRequest, insisting: Insisting): Promise<Judgement> {
  const startMs = performance.now();
  let pauseMs: number = pausesMs.first;
  let isUnchanged = true;
  for (let tries = 1; ; tries += 1) {
    const last = await tryOnce(target, request, insisting);
    if (!(last instanceof Error) && !asksToComeAgain(last)) {
      return ofSeveral(await judged(last, target, request, insisting), isUnchanged);
    }
    if (performance.now() + pauseMs + patienceMs > insisting.untilMs || insisting.signal.aborted) {
      const spent = `${tries} tries in ${((performance.now() - startMs) / 1000).toFixed(1)} s`;
      return ofSeveral(givenUp(last, spent), isUnchanged);
    }
    isUnchanged &&= !(last instanceof Error) && changedNothing(last);
    await sleep(pauseMs);
    pauseMs = Math.min(2 * pauseMs, pausesMs.longest);
  }
}

/** @throws Error when the last try had no answer */
function givenUp(last: HttpReply | Error, tries: string): Judgement {
  if (last instanceof Error) throw new Error(`no answer to the last of ${tries}: ${last.message}`, { cause: last });
  const { detail = String(last.status), ...judgement } = judge(last, 202, () => ({}));
  return { ...judgement, detail: `${detail}, ${tries}` };
}

const asksToComeAgain = ({ status }: HttpReply): boolean => status >= 500 || [408, 409, 425, 429].includes(status);

/** A reply, or why there was none. */
async function tryOnce(
  target: Address,
  request: HttpRequest,
  { untilMs, signal }: Insisting,
): Promise<HttpReply | Error> {
  const patience = AbortSignal.timeout(Math.max(1, Math.min(patienceMs, untilMs - performance.now())));
  try {
    return await send(target, request, AbortSignal.any([signal, patience]));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** What was taken is the same order for as long as its key is known; that the second answer is none, or a refusal, is no matter. */
async function judged(
  reply: HttpReply,
  target: Address,
  request: HttpRequest,
  insisting: Insisting,
): Promise<Judgement> {
  const judgement = judge(reply, 202, (body) => (typeof body["orderId"] === "string" ? {} : undefined));
  if (judgement.outcome !== "ok") return judgement;
  const again = await tryOnce(target, request, insisting);
  if (again instanceof Error || again.status !== 202) return judgement;
  const [first, second] = [reply, again].map(({ body }) => parse(body)?.["orderId"]);
  return first === second
    ? judgement
    : { outcome: "wrong", detail: `one key, two orders: ${String(first)} and ${String(second)}` };
}
