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
import { ask, judgeThere, order, send, versionOf } from "./shop-api.ts";

const key = keepers.acme;
const deadline = milliseconds(1000);

/**
 * Shoppers behind a load balancer: what gets no answer from their own API, or a 503, is sent to another one. All of it may be
 * sent twice: a look changes nothing, and an order has its key.
 */
export function balanced({ perSecond }: { perSecond: number }): Workload {
  let apis: readonly Address[] = [];
  const reply = (request: HttpRequest, { target, signal }: Call): Promise<HttpReply> =>
    sendToOne([target, ...apis.filter(({ port }) => port !== target.port)], request, signal);
  const look: AsyncOperation["perform"] = async (draw, call) => {
    const answer = await reply(ask("GET", `/products/${draw.key + 1}`, { key }), call);
    return judgeThere(answer, 200, (body) => (body["id"] === draw.key + 1 ? versionOf(answer, body) : undefined));
  };
  const buy: AsyncOperation["perform"] = async (draw, call) => {
    const answer = await reply(order(key, draw.key + 1, draw.token), call);
    return judgeThere(answer, 202, (body) => (typeof body["orderId"] === "string" ? {} : undefined));
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

/** Asks one after the other until one answers with anything but a 503. @throws what the last one failed with */
async function sendToOne(targets: readonly Address[], request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
  const [target, ...others] = targets;
  if (target === undefined) throw new Error("there is no API");
  try {
    const reply = await send(target, request, signal);
    if (reply.status !== 503 || others.length === 0) return reply;
  } catch (error) {
    if (others.length === 0 || signal.aborted) throw error;
  }
  return sendToOne(others, request, signal);
}
