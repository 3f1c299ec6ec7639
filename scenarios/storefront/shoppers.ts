import { type HttpReply, type Judgement, milliseconds, type Workload, workload } from "faultline";

/** Whose products the shoppers see, and a key of the seed data that may do everything with them. */
export const tenant = "acme";
const authorization = `Bearer ${tenant}.keeper.demo-5d70c1e84f2a4b39`;

/** As many products as the reference system's seed data has. */
const products = 200;
const deadline = milliseconds(1000);

/** Shoppers look and buy, and now and then somebody changes a price. */
export function shoppers({ perSecond }: { perSecond: number }): Workload {
  return workload({
    name: "shoppers",
    perSecond,
    keys: products,
    skew: 1,
    sessions: 50,
    operations: {
      browse: {
        weight: 80,
        effect: "read",
        deadline,
        request: ({ key }) => ({ method: "GET", path: `/products/${key + 1}`, headers: { authorization } }),
        judge: (reply) =>
          judge(reply, 200, (body) => ({ version: Number(body["version"]), ...writerOf(body["note"]) })),
      },
      reprice: {
        weight: 10,
        effect: "write",
        deadline,
        request: ({ id, key, token }) =>
          json("PUT", `/products/${key + 1}`, { priceCents: 100 + (id % 9_900), note: token }),
        judge: (reply) => judge(reply, 200, (body) => ({ version: Number(body["version"]) })),
      },
      buy: {
        weight: 10,
        effect: "insert",
        deadline,
        request: ({ key, token }) =>
          json("POST", "/orders", { productId: key + 1, quantity: 1 }, { "idempotency-key": token }),
        judge: (reply) => judge(reply, 202, (body) => (typeof body["orderId"] === "string" ? {} : undefined)),
      },
    },
  });
}

/** The id of the operation that wrote a text of the form `<run>-<id>`; nothing for the seed data's. */
export function writerOf(note: unknown): { value?: number } {
  const id = /^[a-z0-9]+-(\d+)$/.exec(String(note))?.[1];
  return id === undefined ? {} : { value: Number(id) };
}

function json(method: "PUT" | "POST", path: string, body: object, headers: Readonly<Record<string, string>> = {}) {
  const all = { authorization, "content-type": "application/json", ...headers };
  return { method, path, headers: all, body: JSON.stringify(body) } as const;
}

type Found = Pick<Judgement, "version" | "value">;

/** The expected status with a body as documented is ok; a documented refusal is honest; all else is wrong. */
function judge(
  { status, body }: HttpReply,
  expected: number,
  read: (body: Record<string, unknown>) => Found | undefined,
): Judgement {
  const parsed = parse(body);
  if (parsed === undefined) return { outcome: "wrong", detail: `${status} without a JSON body` };
  if (status !== expected) {
    const code = parsed["code"];
    return typeof code === "string" && status >= 400
      ? { outcome: "rejected", detail: `${status} ${code}` }
      : { outcome: "wrong", detail: `${status} where ${expected} was due` };
  }
  const found = read(parsed);
  const isNumbered = found?.version === undefined || Number.isSafeInteger(found.version);
  return found !== undefined && isNumbered
    ? { outcome: "ok", ...found }
    : { outcome: "wrong", detail: `${status} with a body that is not as documented` };
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
