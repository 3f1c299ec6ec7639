import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoKeys } from "../access/demo-keys.ts";
import { type App, TestSystem } from "../testing/app.ts";
import { withClient } from "../testing/components.ts";
import { type FuzzRequest, fuzzRequests } from "../testing/fuzz.ts";
import { type Answer, faultsOf, faultsOfBody, type Operation, operationsOf, titleOf } from "../testing/openapi.ts";
import { eventually } from "../testing/processes.ts";

// Whatever it is sent, the API gives the answers that it documents, in time, and to nobody what is another's.

const count = 10_000;
const atOnce = 16;
const hangMs = 10_000; // The API gives up after 880 ms; the machine may stand still for longer.
/** Of the requests; their ids are made as the run goes, and are in the lines for curl. `npm run test:deep` draws it. */
const seed = Number(process.env["FUZZ_SEED"] ?? 1);

let system: TestSystem;
let api: App;
let operations: readonly Operation[];

beforeAll(async () => {
  system = await TestSystem.start();
  let worker: App;
  const settings = { REQUESTS_PER_SECOND: "1000000" };
  [api, worker] = await Promise.all([system.launch("api", settings), system.launch("worker")]);
  await Promise.all([api.untilReady(), worker.untilReady()]);
  operations = operationsOf((await api.request("GET", "/openapi.json")).body);
});
afterAll(() => system?.dispose());

type Tenant = keyof typeof demoKeys;

/** What was made by earlier requests, by the first part of its path; its ids are nobody else's. */
const made = new Map<string, { readonly id: string; readonly tenant: Tenant }[]>();
const hits: { readonly tenant: Tenant; readonly id: number; readonly version: number; readonly name: string }[] = [];

interface Exchange {
  readonly request: FuzzRequest;
  /** With an id that was made, and nothing for one that was not. */
  readonly id: string | undefined;
  readonly answer: Answer | undefined;
  readonly tookMs: number;
}

const textOf = (bytes: string) => Buffer.from(bytes, "latin1").toString("utf8");
const partOf = ({ path }: Operation) => path.split("/")[1] ?? "";

/** Whose key it is that comes with it; nothing when there is none, or more than one. */
function tenantOf({ headers }: FuzzRequest): Tenant | undefined {
  const [bearer, another] = headers.filter(([name]) => name === "authorization").map(([, value]) => value);
  const tenants = Object.keys(demoKeys) as Tenant[];
  if (bearer === undefined || another !== undefined) return undefined;
  return tenants.find((tenant) => Object.values(demoKeys[tenant]).some((key) => bearer === `Bearer ${key}`));
}

const noId = "00000000-0000-0000-0000-000000000000";

async function exchange(request: FuzzRequest, index: number): Promise<Exchange> {
  const part = partOf(request.operation);
  // Those that were made last are likelier to be still as they were made.
  const recent = (made.get(part) ?? []).slice(-20);
  const id = request.target.includes("{id}") ? recent[index % recent.length]?.id : undefined;
  const filled = { ...request, target: request.target.replaceAll("{id}", id ?? (part === "products" ? "77" : noId)) };
  const startedAt = performance.now();
  const reply = await send(filled);
  return { request: filled, id, answer: answerOf(reply), tookMs: performance.now() - startedAt };
}

/** The whole reply as bytes, or what there is of it when the connection ended or the time was over. */
function send({ method, target, headers, body }: FuzzRequest): Promise<string> {
  const lines = [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  const has = (name: string) => headers.some(([each]) => each === name);
  if (!has("host")) lines.push("host: shop");
  if (!has("connection")) lines.push("connection: close");
  const isChunked = has("transfer-encoding");
  if (body !== undefined && !isChunked) lines.push(`content-length: ${body.length}`);
  const chunk = body ? `${body.length.toString(16)}\r\n${body}\r\n` : "";
  const content = isChunked ? `${chunk}0\r\n\r\n` : (body ?? "");
  return new Promise((resolve) => {
    let reply = "";
    const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
    const patience = setTimeout(() => socket.destroy(), hangMs);
    socket.setEncoding("latin1").on("data", (text: string) => {
      reply += text;
      if (isWhole(reply, method)) socket.destroy();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearTimeout(patience);
      resolve(reply);
    });
    socket.write(`${lines.join("\r\n")}\r\n\r\n${content}`, "latin1");
  });
}

/** Without the word to go on, which may come before the reply. */
function partsOf(reply: string): readonly [head: string, body: string] {
  const whole = reply.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, "");
  const end = whole.indexOf("\r\n\r\n");
  return end < 0 ? ["", ""] : [whole.slice(0, end), whole.slice(end + 4)];
}

function isWhole(reply: string, method: string): boolean {
  const [head, body] = partsOf(reply);
  if (head === "") return false;
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  return method === "HEAD" || body.length >= length;
}

function answerOf(reply: string): Answer | undefined {
  const [head, body] = partsOf(reply);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
  if (Number.isNaN(status)) return undefined;
  const contentType = /\r\ncontent-type: *([^;\r]*)/i.exec(head)?.[1];
  return { status, contentType, text: textOf(body) };
}

/** What the answer breaks, in words. */
function lawsBroken({ request, id, answer, tookMs }: Exchange): readonly string[] {
  if (answer === undefined) return [tookMs >= hangMs ? "no answer in time" : "the connection ended without an answer"];
  if (answer.status >= 500 && ![503, 504].includes(answer.status)) return [`the status ${answer.status}`];
  return [...undocumented(request, answer), ...misjudged(request, answer), ...leaks(request, id, answer)];
}

/** Taken, though it is not as documented, or refused, though it is. */
function misjudged({ operation, body, isAstray, isAsDocumented }: FuzzRequest, { status }: Answer): readonly string[] {
  if (isAsDocumented && [400, 413, 415].includes(status)) return [`${status} for what is as documented`];
  const schema = operation.requestBody?.content["application/json"]?.schema;
  if (isAstray || status >= 400 || schema === undefined) return [];
  return faultsOfBody(schema, textOf(body ?? "")).map((fault) => `it was taken, though ${fault}`);
}

/** An odd path or method leads to another operation, or to none: then it is enough that it is like one of them. */
function undocumented({ operation, method, isAstray }: FuzzRequest, answer: Answer): readonly string[] {
  const { status, contentType } = answer;
  if (status === 431) return []; // Node's own, of what is longer than any request has a reason to be.
  // It has no body to look at.
  if (method === "HEAD") return operations.some(({ responses }) => status in responses) ? [] : [`${status} of HEAD`];
  const faults = faultsOf(operation, answer);
  if (!isAstray || faults.length === 0) return faults;
  const isRefused = [400, 404].includes(status) && contentType === "application/problem+json";
  if (isRefused && faultsOf(operations.find(({ responses }) => status in responses)!, answer).length === 0) return [];
  const others = operations.filter((other) => other.method === method);
  return others.some((other) => faultsOf(other, answer).length === 0) ? [] : faults;
}

/** What the answer tells, or did, that is not of the tenant whose key came with the request. */
function leaks(request: FuzzRequest, id: string | undefined, { status, text }: Answer): readonly string[] {
  const tenant = tenantOf(request);
  if (status >= 400 || request.operation.isPublic) return [];
  if (tenant === undefined) return ["it was let in without a key"];
  const owner = made.get(partOf(request.operation))?.find((each) => each.id === id)?.tenant;
  const isAnothers =
    owner !== undefined && owner !== tenant && request.target.startsWith(`/${partOf(request.operation)}/${id}`);
  const told = [...text.matchAll(/"tenant":"([^"]*)"/g)].map(([, name]) => name);
  return [
    ...(isAnothers ? [`it is of something of ${owner}'s`] : []),
    ...(told.some((name) => name !== tenant) ? ["it tells of another tenant"] : []),
  ];
}

/** For later requests, and for the looks into Postgres at the end. */
function remember({ request, answer }: Exchange): void {
  const tenant = tenantOf(request);
  if (answer === undefined || tenant === undefined || ![200, 201, 202].includes(answer.status) || answer.text === "")
    return;
  const body = JSON.parse(answer.text);
  const keep = (part: string, id: string) => {
    const pool = made.get(part) ?? [];
    made.set(part, pool);
    pool.push({ id, tenant });
  };
  const title = `${request.method} ${request.operation.path}`;
  if (title === "POST /products" || title === "POST /keys") keep(partOf(request.operation), String(body.id));
  if (title === "POST /orders") keep("orders", body.orderId);
  if (title === "GET /dead-letters") for (const { id } of body.deadLetters) keep("dead-letters", id);
  if (title === "GET /search") hits.push(...body.hits.map((hit: object) => ({ tenant, ...hit })));
}

/** As one would type it into bash. */
function curlOf({ method, target, headers, body }: FuzzRequest): string {
  const quoted = (bytes: string) => {
    const text = bytes.replace(/[^ -~]|['\\]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
    return `$'${text}'`;
  };
  const options = headers.map(([name, value]) => `-H ${quoted(value === "" ? `${name};` : `${name}: ${value}`)}`);
  const data = body === undefined ? [] : [`--data-binary ${quoted(body)}`];
  const url = target.startsWith("/") ? quoted(`${api.url}${target}`) : `--request-target ${quoted(target)} ${api.url}`;
  return ["curl -gsi --path-as-is", `-X ${quoted(method)}`, ...options, ...data, url].join(" ").slice(0, 1000);
}

/** Some of each kind: one bug has many requests that show it. */
function reportOf(failures: ReadonlyMap<string, readonly Exchange[]>): string {
  return [...failures]
    .map(([fault, exchanges]) => {
      const some = exchanges.slice(0, 3).map(({ request, answer }) => {
        return `  ${curlOf(request)}\n    ${answer?.status} ${answer?.contentType} ${answer?.text.slice(0, 200)}`;
      });
      return `${fault} (${exchanges.length} of ${count})\n${some.join("\n")}`;
    })
    .join("\n\n");
}

/** Orders of what is sold out. */
async function makeDeadLetters(): Promise<void> {
  for (const { keeper } of Object.values(demoKeys)) {
    const authorization = `Bearer ${keeper}`;
    const product = { name: "Jug", priceCents: 1, stock: 0 };
    const { id } = (await api.request("POST", "/products", product, { authorization, "idempotency-key": "none" })).body;
    for (let index = 0; index < 20; index += 1) {
      const headers = { authorization, "idempotency-key": `none-${index}` };
      await api.request("POST", "/orders", { productId: id, quantity: 1 }, headers);
    }
    const list = async () => (await api.request("GET", "/dead-letters", undefined, { authorization })).body.deadLetters;
    await eventually(async () => (await list()).length === 20);
  }
}

it(`keeps its laws whatever it is sent (FUZZ_SEED=${seed})`, async () => {
  await makeDeadLetters();
  const requests = fc.sample(fuzzRequests(operations), { seed, numRuns: count }).entries();
  const failures = new Map<string, Exchange[]>();
  const seen = new Map<string, number>();
  let slowestMs = 0;
  const client = async () => {
    for (const [index, request] of requests) {
      const done = await exchange(request, index);
      remember(done);
      slowestMs = Math.max(slowestMs, done.tookMs);
      const outcome = `${titleOf(request.operation)} ${done.answer?.status}`;
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      for (const law of lawsBroken(done)) {
        const fault = `${titleOf(request.operation)}: ${law}`;
        failures.set(fault, [...(failures.get(fault) ?? []), done]);
      }
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: atOnce }, client));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.info(`FUZZ_SEED=${seed}: ${count} requests in ${seconds} s, the slowest in ${slowestMs.toFixed(0)} ms`);
  expect(reportOf(failures)).toBe("");
  // Or it would have been refusals only.
  for (const { method, path, responses } of operations) {
    const success = Object.keys(responses).find((status) => status.startsWith("2"));
    expect(seen.get(`${method} ${path} ${success}`) ?? 0, `${method} ${path}`).toBeGreaterThan(count / 1000);
  }
});

it("is as well after it as before", async () => {
  await api.untilReady();
  const product = { name: "Jug", priceCents: 900, stock: 5 };
  expect((await api.request("POST", "/products", product, { "idempotency-key": "after" })).status).toBe(201);
  const { body } = await api.request("GET", "/metrics");
  const figure = (name: string) => Number(new RegExp(`^${name}\\{.*\\} (.*)$`, "m").exec(String(body))?.[1]);
  expect(figure("process_resident_memory_bytes")).toBeLessThan(400e6);
  expect(figure("shop_database_waiting")).toBe(0);
  // What failed after its time was up was answered before, and is told all the same.
  expect(api.process.output.match(/^.*"level":[56]0(?!.*reply\.sent = true).*$/gm) ?? []).toEqual([]);
});

/** Rows that the shop's rules do not allow. */
const wrongRows: Readonly<Record<string, string>> = {
  products: `SELECT * FROM products WHERE stock NOT BETWEEN 0 AND 1000000000 OR price_cents NOT BETWEEN 0 AND 100000000
    OR char_length(name) NOT BETWEEN 1 AND 100 OR char_length(note) > 64 OR version < 1 OR id < 1`,
  orders: `SELECT * FROM orders WHERE quantity NOT BETWEEN 1 AND 1000 OR idempotency_key !~ '^[!-~]{1,64}$'`,
  "orders that were taken twice": "SELECT tenant, idempotency_key FROM orders GROUP BY 1, 2 HAVING count(*) > 1",
  "orders that nobody was told of": `SELECT id FROM orders WHERE NOT EXISTS
    (SELECT FROM outbox WHERE kind = 'order-placed' AND payload ->> 'orderId' = orders.id::text)`,
  keys: `SELECT name FROM api_keys WHERE tenant NOT IN ('acme', 'globex') OR NOT scopes <@ ARRAY['products:read',
    'products:write', 'orders:read', 'orders:write', 'operations', 'keys'] OR cardinality(scopes) = 0`,
};

it("leaves nothing behind that breaks the rules, and all that was acknowledged", async () => {
  await withClient(system.postgres.url, async (client) => {
    for (const [what, statement] of Object.entries(wrongRows)) {
      expect((await client.query(statement)).rows, what).toEqual([]);
    }
    for (const [part, table] of Object.entries({ products: "products", orders: "orders", keys: "api_keys" })) {
      const ids = (made.get(part) ?? []).map(({ id, tenant }) => `${tenant} ${id}`);
      const statement = `SELECT FROM ${table} WHERE tenant || ' ' || id = ANY($1)`;
      expect((await client.query(statement, [ids])).rowCount, part).toBe(new Set(ids).size);
    }
  });
});

it("has found for each tenant only what is the tenant's", async () => {
  await withClient(system.postgres.url, async (client) => {
    const { rows } = await client.query("SELECT tenant, id, version, name FROM products");
    const present = new Map(rows.map((row) => [`${row.tenant} ${row.id}`, row]));
    expect(hits.length).toBeGreaterThan(100);
    for (const { tenant, id, version, name } of hits) {
      const row = present.get(`${tenant} ${id}`);
      expect(row?.version).toBeGreaterThanOrEqual(version);
      if (row.version === version) expect(name).toBe(row.name);
    }
  });
});
