import {
  type Address,
  type AsyncOperation,
  type Call,
  type HttpReply,
  type HttpRequest,
  milliseconds,
  type Workload,
  workload,
} from "faultline";
import { keepers, productNames } from "./seed.ts";
import { ask, changedNothing, judgeThere, ofSeveral, order, send, versionOf } from "./shop-api.ts";

const key = keepers.acme;
const deadline = milliseconds(1000);

/**
 * Shoppers behind a load balancer: what gets no answer from their own API, or a 503, is sent to another one. All of it may be
 * sent twice: a look changes nothing, and an order has its key.
 */
export function balanced({ perSecond }: { perSecond: number }): Workload {
  let apis: readonly Address[] = [];
  const answered = (request: HttpRequest, { target, signal }: Call): Promise<Answered> =>
    sendToOne([target, ...apis.filter(({ port }) => port !== target.port)], request, signal);
  const look: AsyncOperation["perform"] = async (draw, call) => {
    const { reply } = await answered(ask("GET", `/products/${draw.key + 1}`, { key }), call);
    return judgeThere(reply, 200, (body) => (body["id"] === draw.key + 1 ? versionOf(reply, body) : undefined));
  };
  const buy: AsyncOperation["perform"] = async (draw, call) => {
    const { reply, othersChangedNothing } = await answered(order(key, draw.key + 1, draw.token), call);
    const judgement = judgeThere(reply, 202, (body) => (typeof body["orderId"] === "string" ? {} : undefined));
    return ofSeveral(judgement, othersChangedNothing);
  };
  return workload({
    name: "balanced",
    perSecond,
    keys: productNames.length,
    skew: 1,
    sessions: 30,
    async prepare({ targets }) {
      apis = targets;
    },
    operations: {
      lookAnywhere: { weight: 6, effect: "read", deadline, perform: look },
      buyAnywhere: { weight: 4, effect: "insert", deadline, perform: buy },
    },
  });
}

interface Answered {
  readonly reply: HttpReply;
  /** Whether those that were asked before it claimed each that they changed nothing. */
  readonly othersChangedNothing: boolean;
}

/** Asks one after the other until one answers with anything but a 503. @throws what the last one failed with */
export async function sendToOne(
  targets: readonly Address[],
  request: HttpRequest,
  signal: AbortSignal,
  othersChangedNothing = true,
): Promise<Answered> {
  const [target, ...others] = targets;
  if (target === undefined) throw new Error("there is no API");
  let isUnchanged = false;
  try {
    const reply = await send(target, request, signal);
    if (reply.status !== 503 || others.length === 0) return { reply, othersChangedNothing };
    isUnchanged = changedNothing(reply);
  } catch (error) {
    if (others.length === 0 || signal.aborted) throw error;
  }
  return sendToOne(others, request, signal, othersChangedNothing && isUnchanged);
}
