import { type Address, type Draw, type Judgement, milliseconds, NotExecuted, type Workload, workload } from "faultline";
import { keepers } from "./seed.ts";
import { ask, judge, must, order, refusalOf, send } from "./shop-api.ts";

const deadline = milliseconds(1000);
const key = keepers.acme;

/**
 * People of the shop who look after its dead letters: they list them and send them again. So that there always are some,
 * now and then an order comes for what is sold out, which nobody can ever work on.
 */
export function operators({ perSecond }: { perSecond: number }): Workload {
  let soldOut: number | undefined;
  return workload({
    name: "operators",
    perSecond,
    keys: 1,
    sessions: 4,
    prepare: async ({ targets, runToken, signal }) => {
      // No word of it is in the name of another product, or a search would find two.
      const body = { name: "Vanished Ornament", priceCents: 100, stock: 0 };
      const headers = { "idempotency-key": `${runToken}-sold-out` };
      const made = await must(targets[0]!, ask("POST", "/products", { key, body, headers }), { status: 201, signal });
      soldOut = Number(made["id"]);
    },
    operations: {
      listDeadLetters: {
        weight: 2,
        effect: "none",
        deadline,
        request: () => ask("GET", "/dead-letters", { key }),
        judge: (reply) => judge(reply, 200, ({ deadLetters }) => (Array.isArray(deadLetters) ? {} : undefined)),
      },
      redrive: {
        weight: 1,
        effect: "none",
        deadline,
        perform: (draw, { target, signal }) => redrive(target, draw, signal),
      },
      orderSoldOut: {
        weight: 1,
        effect: "insert",
        deadline,
        poison: true,
        request: ({ token }) => {
          if (soldOut === undefined) throw new Error("nothing is sold out: prepare did not run");
          return order(key, soldOut, token);
        },
        judge: (reply) => judge(reply, 202, (body) => (typeof body["orderId"] === "string" ? {} : undefined)),
      },
    },
  });
}

/** Sends one of the oldest dead letters again; that another operator was faster is no failure. */
async function redrive(target: Address, { id }: Draw, signal: AbortSignal): Promise<Judgement> {
  const listed = await send(target, ask("GET", "/dead-letters?limit=10", { key }), signal).catch((error: unknown) => {
    throw new NotExecuted("the dead letters could not be listed", { cause: error });
  });
  let letters: readonly { readonly id?: unknown }[] = [];
  const listing = judge(listed, 200, ({ deadLetters }) => {
    if (!Array.isArray(deadLetters)) return undefined;
    letters = deadLetters;
    return {};
  });
  if (listing.outcome !== "ok") return listing;
  const letter = letters[id % letters.length];
  if (letter === undefined) return { outcome: "ok", detail: "there was no dead letter" };
  const sent = await send(target, ask("POST", `/dead-letters/${String(letter.id)}/redrive`, { key }), signal);
  if (sent.status === 409 && refusalOf(sent) !== undefined)
    return { outcome: "ok", detail: "it was sent again before" };
  return judge(sent, 202, ({ status }) => (status === "redriven" ? {} : undefined));
}
