import { type HttpOperation, type HttpReply, type HttpRequest, milliseconds, type Workload, workload } from "faultline";
import { keepers } from "./seed.ts";
import { ask, parse } from "./shop-api.ts";

const key = keepers.acme;

/**
 * Somebody with a valid key sends what makes no sense: bodies that are no JSON, or the wrong one, or far too large; numbers
 * that are none, paths that are nowhere. To be turned away with a documented refusal is `ok`; to get through, and a 500,
 * are `wrong`, whatever else is broken.
 */
export function abusers({ perSecond }: { perSecond: number }): Workload {
  return workload({
    name: "abusers",
    perSecond,
    keys: 1,
    sessions: 8,
    operations: {
      sendGarbage: refused(() => posted("/orders", '{"productId": 1, "quantity":')),
      sendTooMuch: refused(() =>
        posted("/orders", JSON.stringify({ productId: 1, quantity: 1, note: "x".repeat(40_000) })),
      ),
      sendNonsense: refused(() => posted("/orders", JSON.stringify({ productId: "one", quantity: -1 }))),
      orderNothing: refused(({ token }) =>
        ask("POST", "/orders", {
          key,
          body: { productId: 999_999, quantity: 1 },
          headers: { "idempotency-key": token },
        }),
      ),
      askForNoNumber: refused(() => ask("GET", "/products/%27%3B%20DROP%20TABLE%20products", { key })),
      searchForTooMuch: refused(() => ask("GET", `/search?q=${"a".repeat(4000)}`, { key })),
      goNowhere: refused(() => ask("GET", "/../admin/../../etc/passwd", { key })),
    },
  });
}

function posted(path: string, body: string): HttpRequest {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  return { method: "POST", path, headers, body };
}

function refused(request: HttpOperation["request"]): HttpOperation {
  return {
    weight: 1,
    effect: "none",
    deadline: milliseconds(1000),
    request,
    judge({ status, body }: HttpReply) {
      const code = parse(body)?.["code"];
      if (typeof code !== "string") return { outcome: "wrong", detail: `${status} without a documented body` };
      if (status >= 400 && status < 500) return { outcome: "ok" };
      return status === 503
        ? { outcome: "rejected", detail: `503 ${code}` }
        : { outcome: "wrong", detail: `${status} ${code}` };
    },
  };
}
