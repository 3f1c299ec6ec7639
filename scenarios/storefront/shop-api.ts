import type { Address, HttpReply, HttpRequest, Judgement } from "faultline";

/** How the reference system is asked, and what its answers mean; `openapi.json` of its own is the whole truth. */

/** A request as somebody who has this key, or none. */
export function ask(
  method: HttpRequest["method"],
  path: string,
  { key, body, headers = {} }: { key?: string | undefined; body?: object; headers?: Readonly<Record<string, string>> },
): HttpRequest {
  const all = {
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...headers,
  };
  return { method, path, headers: all, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
}

/** An order of one piece, once for its token. */
export function order(key: string | undefined, productId: number, token: string): HttpRequest {
  return ask("POST", "/orders", { key, body: { productId, quantity: 1 }, headers: { "idempotency-key": token } });
}

/** A new price, signed with the token. */
export function reprice(key: string | undefined, productId: number, { id, token }: { id: number; token: string }) {
  return ask("PUT", `/products/${productId}`, { key, body: { priceCents: 100 + (id % 9_900), note: token } });
}

/** Sends a request outside of the load. */
export async function send(
  { host, port }: Address,
  { method, path, headers, body }: HttpRequest,
  signal: AbortSignal,
): Promise<HttpReply> {
  const init = { method, headers: headers ?? {}, signal, ...(body === undefined ? {} : { body }) };
  const response = await fetch(`http://${host}:${port}${path}`, init);
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}

/** The same, and nothing but the expected answer will do. @throws Error */
export async function must(
  target: Address,
  request: HttpRequest,
  { status, signal }: { status: number; signal: AbortSignal },
): Promise<Record<string, unknown>> {
  const reply = await send(target, request, signal);
  const body = parse(reply.body);
  if (reply.status === status && body !== undefined) return body;
  throw new Error(`${request.method} ${request.path}: ${reply.status} where ${status} was due: ${reply.body}`);
}

/** What an answer told of its key. */
export type Found = Pick<Judgement, "version" | "value">;

/** The expected status with a body as documented is ok; a documented refusal is honest; all else is wrong. */
export function judge(
  reply: HttpReply,
  expected: number,
  read: (body: Record<string, unknown>) => Found | undefined,
): Judgement {
  const { status } = reply;
  const parsed = parse(reply.body);
  if (parsed === undefined) return { outcome: "wrong", detail: `${status} without a JSON body` };
  if (status !== expected) {
    return (
      refusalOf(reply) ?? { outcome: "wrong", detail: `${status} where ${expected} was due`, granted: status < 400 }
    );
  }
  const found = read(parsed);
  const isNumbered = found?.version === undefined || Number.isSafeInteger(found.version);
  return found !== undefined && isNumbered
    ? { outcome: "ok", ...found }
    : { outcome: "wrong", detail: `${status} with a body that is not as documented` };
}

/** A documented refusal, which is honest; nothing when the answer is none. One that claims to have changed nothing is held to it. */
export function refusalOf(reply: HttpReply): Judgement | undefined {
  const { status, body } = reply;
  const code = parse(body)?.["code"];
  if (typeof code !== "string" || status < 400) return undefined;
  const refusal = { outcome: "rejected", detail: `${status} ${code}` } as const;
  return changedNothing(reply) ? { ...refusal, notExecuted: true } : refusal;
}

/** Of 4xx, those that refuse a request itself: 409 is about another one, which may still be executed. */
const refusesItself: readonly number[] = [400, 401, 403, 404, 412, 422, 429];
const notNow: readonly unknown[] = ["unavailable", "overloaded"];

/**
 * Whether an answer claims that its request changed nothing and never will. The shop documents that of each of its refusals
 * but 409, 500 and 504; what is between it and its clients claims nothing, and is known by a body that is not the shop's.
 */
export function changedNothing({ status, body }: HttpReply): boolean {
  const { status: written, code } = parse(body) ?? {};
  if (written !== status || typeof code !== "string") return false;
  return status === 503 ? notNow.includes(code) : refusesItself.includes(status);
}

/**
 * What the last of several tries of one request means for all of them: that it changed nothing says nothing of the others.
 * @param othersChangedNothing whether each of the others was answered, and claimed that it changed nothing
 */
export function ofSeveral(last: Judgement, othersChangedNothing: boolean): Judgement {
  return last.notExecuted === true && !othersChangedNothing ? { ...last, notExecuted: false } : last;
}

/** The same of something that certainly is there: to say that it is not is no refusal, it is untrue. */
export function judgeThere(
  reply: HttpReply,
  expected: number,
  read: (body: Record<string, unknown>) => Found | undefined,
): Judgement {
  if (reply.status === 404) return { outcome: "wrong", detail: "404 for what is there" };
  return judge(reply, expected, read);
}

/** A copy of an earlier answer says so of itself, and claims no version. */
export function versionOf({ headers }: HttpReply, { version, note }: Record<string, unknown>): Found {
  return headers["x-served"] === "stale" ? {} : { version: Number(version), ...writerOf(note) };
}

/** The id of the operation that wrote a text of the form `<run>-<id>`; nothing for the seed data's. */
export function writerOf(text: unknown): { value?: number } {
  const id = /^[a-z0-9]+-(\d+)$/.exec(String(text))?.[1];
  return id === undefined ? {} : { value: Number(id) };
}

/** An object in JSON; nothing for all else. */
export function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
