import { type HttpReply, type Judgement, milliseconds, type Workload, workload } from "faultline";
import { keepers, productNames } from "./seed.ts";
import { ask, judge, judgeThere, order, reprice, versionOf, writerOf } from "./shop-api.ts";

const key = keepers.acme;
const deadline = milliseconds(1000);

/** What shoppers do, and how often. */
export interface Shoppers {
  readonly perSecond: number;
  /** How many of the products they are interested in, the first ones. Default all. */
  readonly products?: number;
  /** How much more the first ones than the others, as an exponent of Zipf's law. Default 1. */
  readonly skew?: number;
  /** How often each, relative to the others. Default: they mostly look. */
  readonly doing?: { readonly browse: number; readonly search: number; readonly reprice: number; readonly buy: number };
}

const mostlyLooking = { browse: 74, search: 6, reprice: 10, buy: 10 };

/** Shoppers look, search and buy, and now and then somebody changes a price. */
export function shoppers(wanted: Shoppers): Workload {
  const { perSecond, products = productNames.length, skew = 1, doing = mostlyLooking } = wanted;
  return workload({
    name: "shoppers",
    perSecond,
    keys: products,
    skew,
    sessions: 50,
    slo: { availability: 0.99, within: milliseconds(300) },
    operations: {
      browse: {
        weight: doing.browse,
        effect: "read",
        deadline,
        request: (draw) => ask("GET", `/products/${draw.key + 1}`, { key }),
        judge: (reply, draw) =>
          judgeThere(reply, 200, (body) => (isIt(body, draw) ? versionOf(reply, body) : undefined)),
      },
      search: {
        weight: doing.search,
        effect: "read",
        deadline,
        // Both words of a name are in no other name, so that this is the one product that is found.
        request: (draw) => ask("GET", `/search?q=${encodeURIComponent(productNames[draw.key]!)}`, { key }),
        judge: (reply, draw) => judgeSearch(reply, draw.key + 1),
      },
      reprice: {
        weight: doing.reprice,
        effect: "write",
        deadline,
        request: (draw) => reprice(key, draw.key + 1, draw),
        judge: (reply, draw) =>
          judgeThere(reply, 200, (body) => (isIt(body, draw) ? { version: Number(body["version"]) } : undefined)),
      },
      buy: {
        weight: doing.buy,
        effect: "insert",
        deadline,
        request: (draw) => order(key, draw.key + 1, draw.token),
        judge: (reply) => judgeThere(reply, 202, (body) => (typeof body["orderId"] === "string" ? {} : undefined)),
      },
    },
  });
}

/** Whether it is the product that was asked for, and not what somebody else asked for on the same connection. */
const isIt = (body: Record<string, unknown>, { key }: { key: number }): boolean => body["id"] === key + 1;

/** The version is that of the product in the index; a copy of an earlier answer claims none. */
export function judgeSearch(reply: HttpReply, productId: number): Judgement {
  return judge(reply, 200, ({ hits, degraded }) => {
    if (!Array.isArray(hits) || typeof degraded !== "boolean") return undefined;
    const [hit, ...others] = hits as readonly Record<string, unknown>[];
    if (hit?.["id"] !== productId || others.length > 0) return undefined;
    return degraded ? {} : { version: Number(hit["version"]), ...writerOf(hit["note"]) };
  });
}
