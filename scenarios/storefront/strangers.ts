import {
  type Credential,
  type Draw,
  type HttpOperation,
  type HttpReply,
  type HttpRequest,
  type Judgement,
  type Keyspace,
  milliseconds,
  type PrepareContext,
  type Workload,
  workload,
} from "faultline";
import { foreignTenant, keepers, productNames } from "./seed.ts";
import { ask, judge, must, order, parse, refusalOf, reprice } from "./shop-api.ts";

const deadline = milliseconds(1000);
const keeper = keepers.acme;
const foreigner = keepers.globex;

/** Keys that are handed out before the load and taken away one after another while it lasts. */
const credentials: Keyspace = { name: "credentials", keys: 32, skew: 0 };

interface Visitor {
  readonly id: string;
  readonly key: string;
}

/**
 * People who must not get in: without a key, with a forged one, with another tenant's, and with one that is revoked while
 * they use it. An honest refusal is `ok`. The reference system has no keys that expire.
 *
 * @param perSecond of them all; a quarter shows a forged key, of which the system refuses to look at more than 50 a
 * second from one address at each instance
 */
export function strangers({ perSecond }: { perSecond: number }): Workload {
  let visitors: readonly Visitor[] = [];
  const visitor = ({ key }: Draw): Visitor => {
    const found = visitors[key];
    if (found === undefined) throw new Error(`visitor ${key} was given no key: prepare did not run`);
    return found;
  };
  return workload({
    name: "strangers",
    perSecond,
    keys: productNames.length,
    sessions: 20,
    prepare: async (context) => {
      const admitted: Visitor[] = [];
      while (admitted.length < credentials.keys) admitted.push(await admit(context, admitted.length));
      visitors = admitted;
    },
    operations: {
      browseForged: turnedAway(3, "read", "forged", (draw) => look(forgedKey(draw), draw.key + 1)),
      orderForged: turnedAway(2, "insert", "forged", (draw) => order(forgedKey(draw), draw.key + 1, draw.token)),
      repriceForged: turnedAway(2, "write", "forged", (draw) => reprice(forgedKey(draw), draw.key + 1, draw)),
      browseKeyless: turnedAway(2, "read", "missing", ({ key }) => look(undefined, key + 1)),
      orderKeyless: turnedAway(1, "insert", "missing", ({ key, token }) => order(undefined, key + 1, token)),
      browseForeign: {
        ...traits(3, "read", "foreign"),
        request: ({ key }) => look(foreigner, key + 1),
        judge: judgeForeignProduct,
      },
      searchForeign: {
        ...traits(2, "read", "foreign"),
        request: ({ key }) => ask("GET", `/search?q=${encodeURIComponent(productNames[key]!)}`, { key: foreigner }),
        judge: judgeForeignSearch,
      },
      // It changes the product of that id that is the foreign tenant's own; ours must not show it.
      repriceForeign: {
        ...traits(1, "write", "foreign"),
        request: (draw) => reprice(foreigner, draw.key + 1, draw),
        judge: judgeForeignProduct,
      },
      revokeForeign: {
        ...traits(1, "none", "foreign"),
        keyspace: credentials,
        request: (draw) => ask("DELETE", `/keys/${visitor(draw).id}`, { key: foreigner }),
        judge: (reply) => judgeTurnedAway(reply, [404]),
      },
      useKey: {
        ...traits(8, "none", "revocable"),
        keyspace: credentials,
        request: (draw) => look(visitor(draw).key, draw.key + 1),
        judge: (reply) => judgeRevocable(reply, 200, "version"),
      },
      orderWithKey: {
        ...traits(2, "insert", "revocable"),
        keyspace: credentials,
        request: (draw) => order(visitor(draw).key, draw.key + 1, draw.token),
        judge: (reply) => judgeRevocable(reply, 202, "orderId"),
      },
      revokeKey: {
        ...traits(1, "revoke", "valid"),
        keyspace: credentials,
        request: (draw) => ask("DELETE", `/keys/${visitor(draw).id}`, { key: keeper }),
        judge: (reply) => (reply.status === 204 ? { outcome: "ok" } : judge(reply, 204, () => undefined)),
      },
    },
  });
}

function traits(weight: number, effect: HttpOperation["effect"], credential: Credential) {
  return { weight, effect, credential, deadline } as const;
}

const look = (key: string | undefined, productId: number): HttpRequest => ask("GET", `/products/${productId}`, { key });

function turnedAway(
  weight: number,
  effect: HttpOperation["effect"],
  credential: Credential,
  request: (draw: Draw) => HttpRequest,
): HttpOperation {
  return { ...traits(weight, effect, credential), request, judge: (reply) => judgeTurnedAway(reply) };
}

/** One that never was, or a real one with its last character changed: both claim to be a keeper's. */
export function forgedKey({ id, token }: Pick<Draw, "id" | "token">): string {
  return id % 2 === 0 ? `acme.keeper.${token}` : `${keeper.slice(0, -1)}${keeper.endsWith("0") ? "1" : "0"}`;
}

/** A key that may read and order, and no more. */
async function admit({ targets, runToken, signal }: PrepareContext, index: number): Promise<Visitor> {
  const wanted = { name: `visitor-${runToken}-${index}`, scopes: ["products:read", "orders:write"] };
  const request = ask("POST", "/keys", { key: keeper, body: wanted });
  const issued = await must(targets[index % targets.length]!, request, { status: 201, signal });
  return { id: String(issued["id"]), key: String(issued["key"]) };
}

/** Only a clear no keeps the contract; whoever can't be told is refused honestly; anything else let somebody in. */
export function judgeTurnedAway(reply: HttpReply, noes: readonly number[] = [401, 403]): Judgement {
  const refusal = refusalOf(reply);
  if (refusal === undefined) {
    return { outcome: "wrong", granted: reply.status < 400, detail: `${reply.status} for a stranger` };
  }
  if (!noes.includes(reply.status)) return { ...refusal, granted: false };
  // What is ok says nothing more of itself: to be turned away is what was wanted.
  return { outcome: "ok", granted: false, detail: refusal.detail ?? "" };
}

/** Foreigners get what is theirs. What is ours under the same id they must not get, not even as a copy. */
export function judgeForeignProduct(reply: HttpReply): Judgement {
  const owner = reply.status === 200 ? parse(reply.body)?.["tenant"] : undefined;
  if (owner === foreignTenant) return { outcome: "ok", granted: false, detail: "200 with their own" };
  if (reply.status === 200) return { outcome: "wrong", granted: true, detail: `200 with what is ${String(owner)}'s` };
  return judgeTurnedAway(reply, []);
}

/** They ask for a name of ours: theirs that are near to it may be found, and none of ours. */
export function judgeForeignSearch(reply: HttpReply): Judgement {
  if (reply.status !== 200) return judgeTurnedAway(reply, []);
  const hits = parse(reply.body)?.["hits"];
  if (!Array.isArray(hits)) return { outcome: "wrong", detail: "200 with a body that is not as documented" };
  const ours = (hits as readonly Record<string, unknown>[]).find(({ name }) => productNames.includes(String(name)));
  if (ours === undefined) return { outcome: "ok", granted: false, detail: "200 with none of ours" };
  return { outcome: "wrong", granted: true, detail: `200 with our ${String(ours["name"])}` };
}

/** Let in or not, both keep the contract: which of them is right depends on what came before it. */
export function judgeRevocable(reply: HttpReply, expected: number, field: string): Judgement {
  if (reply.status === 401) return judgeTurnedAway(reply);
  const judgement = judge(reply, expected, (body) => (body[field] === undefined ? undefined : {}));
  return { ...judgement, granted: judgement.outcome !== "rejected" && reply.status < 400 };
}
