import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type App, type Reply, TestSystem } from "../testing/app.ts";
import { withClient } from "../testing/components.ts";
import { faultsOf, faultsOfDocument, type OpenApi, type Operation, operationsOf, titleOf } from "../testing/openapi.ts";
import { eventually } from "../testing/processes.ts";

// The API's document says what is so: it is complete, and every answer of a running shop is one that it describes.

let system: TestSystem;
let api: App;
/** It answers each key once in a second. */
let strictApi: App;
/** Its Postgres is away. */
let lonelyApi: App;
let document: OpenApi;
let operations: readonly Operation[];
/** A key that is for none of what is asked of it: one with the scope of the keys, and one with any other. */
let keysOnly: string;
let lettersOnly: string;

beforeAll(async () => {
  system = await TestSystem.start();
  let worker: App;
  [api, strictApi, lonelyApi, worker] = await Promise.all([
    system.launch("api"),
    system.launch("api", { REQUESTS_PER_SECOND: "1" }),
    system.launch("api", { DATABASE_URL: "postgres://postgres@127.0.0.1:9/postgres" }),
    system.launch("worker"),
  ]);
  await Promise.all([api.untilReady(), worker.untilReady(), strictApi.untilReady()]);
  document = (await api.request("GET", "/openapi.json")).body;
  operations = operationsOf(document);
  [keysOnly, lettersOnly] = await Promise.all([issue("keys"), issue("operations")]);
});
afterAll(() => system?.dispose());

async function issue(scope: string): Promise<string> {
  return (await api.request("POST", "/keys", { name: scope, scopes: [scope] })).body.key;
}

describe("the document", () => {
  it("is one of OpenAPI 3.1, whose schemas are schemas", () => {
    expect(faultsOfDocument(document)).toEqual([]);
  });

  it("names every route, with all its methods", async () => {
    const documented = new Set(operations.map(titleOf));
    for (const path of [...Object.keys(document.paths), "/", "/keys/{id}/x", "/products/{id}/x"]) {
      for (const method of ["GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS"]) {
        const { status, body } = await api.request(method, path.replace("{id}", "x"), undefined, { authorization: "" });
        const isRouted = status !== 404 || body.code !== "not-found";
        expect(isRouted, `${method} ${path}`).toBe(documented.has(`${method} ${path}`));
      }
    }
  });

  it("tells which operations need no key", async () => {
    for (const operation of operations) {
      const path = operation.path.replace("{id}", "x");
      const { status } = await api.request(operation.method, path, undefined, { authorization: "" });
      expect(status === 401, titleOf(operation)).toBe(!operation.isPublic);
    }
  });

  it("has for each operation one success, and all the refusals that are to be expected of it", () => {
    for (const operation of operations) {
      const { method, parameters = [], requestBody, responses, isPublic } = operation;
      const statuses = Object.keys(responses);
      expect(statuses.filter((status) => status.startsWith("2"))).toHaveLength(1);
      const expected = [
        ...(isPublic ? [] : ["401", "403", "429", "500", "503", "504"]),
        ...(parameters.length > 0 || requestBody !== undefined ? ["400"] : []),
        ...(parameters.some((parameter) => parameter.in === "path") ? ["404"] : []),
        ...(parameters.some(({ name }) => name === "if-match") ? ["412"] : []),
        ...(parameters.some(({ name }) => name === "idempotency-key") ? ["409", "422"] : []),
        ...(method === "GET" ? [] : ["413", "415"]),
      ];
      expect(statuses, titleOf(operation)).toEqual(expect.arrayContaining(expected));
    }
  });
});

const product = { name: "Jug", priceCents: 900, stock: 5 };
const unknownId = "0190b2e4-0000-7000-8000-000000000000";
const huge = { name: "x".repeat(17_000) };
const once = () => ({ "idempotency-key": randomUUID() });

async function make(wanted: object = product): Promise<number> {
  return (await api.request("POST", "/products", wanted, once())).body.id;
}

async function order(productId: number, status: string): Promise<string> {
  const { orderId } = (await api.request("POST", "/orders", { productId, quantity: 1 }, once())).body;
  await eventually(async () => (await api.request("GET", `/orders/${orderId}`)).body.status === status);
  return orderId;
}

/** The event of an order for which there is no stock. */
async function letter(): Promise<string> {
  const orderId = await order(await make({ ...product, stock: 0 }), "dead");
  const { body } = await api.request("GET", "/dead-letters");
  return body.deadLetters.find(({ payload }: { payload: { orderId: string } }) => payload.orderId === orderId).id;
}

/** While somebody else works on a request with the same key. */
async function inFlight(path: string, body: object): Promise<Reply> {
  return withClient(system.postgres.url, async (client) => {
    const key = randomUUID();
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`acme ${key}`]);
    return api.request("POST", path, body, { "idempotency-key": key });
  });
}

/** With the key of an earlier and different request. */
async function keyReused(path: string, earlier: object, body: object): Promise<Reply> {
  const headers = once();
  await api.request("POST", path, earlier, headers);
  return api.request("POST", path, body, headers);
}

/** Requests that are answered so, for each operation that needs a key; what all of them have in common is below. */
const exchanges: Readonly<Record<string, Readonly<Record<number, () => Promise<Reply>>>>> = {
  "GET /products/{id}": {
    200: () => api.request("GET", "/products/1"),
    400: () => api.request("GET", "/products/x"),
    404: () => api.request("GET", "/products/999999999"),
  },
  "PUT /products/{id}": {
    200: () => api.request("PUT", "/products/2", { priceCents: 1 }),
    400: () => api.request("PUT", "/products/2", { priceCents: -1 }),
    404: () => api.request("PUT", "/products/999999999", { priceCents: 1 }),
    412: () => api.request("PUT", "/products/2", { priceCents: 1 }, { "if-match": '"999"' }),
  },
  "DELETE /products/{id}": {
    204: async () => api.request("DELETE", `/products/${await make()}`),
    400: () => api.request("DELETE", "/products/0"),
    404: () => api.request("DELETE", "/products/999999999"),
    412: () => api.request("DELETE", "/products/2", undefined, { "if-match": '"999"' }),
  },
  "POST /products": {
    201: () => api.request("POST", "/products", product, once()),
    400: () => api.request("POST", "/products", product),
    409: () => inFlight("/products", product),
    422: () => keyReused("/products", product, { ...product, stock: 6 }),
  },
  "GET /search": {
    200: () => api.request("GET", "/search?q=kettle"),
    400: () => api.request("GET", "/search"),
  },
  "POST /orders": {
    202: () => api.request("POST", "/orders", { productId: 1, quantity: 1 }, once()),
    400: () => api.request("POST", "/orders", { productId: 1, quantity: 0 }, once()),
    409: () => inFlight("/orders", { productId: 1, quantity: 1 }),
    422: () => api.request("POST", "/orders", { productId: 999_999_999, quantity: 1 }, once()),
  },
  "GET /orders/{id}": {
    200: async () => api.request("GET", `/orders/${await order(1, "fulfilled")}`),
    400: () => api.request("GET", "/orders/x"),
    404: () => api.request("GET", `/orders/${unknownId}`),
  },
  "GET /dead-letters": {
    200: async () => {
      await letter();
      return api.request("GET", "/dead-letters");
    },
    400: () => api.request("GET", "/dead-letters?limit=101"),
  },
  "POST /dead-letters/{id}/redrive": {
    202: async () => api.request("POST", `/dead-letters/${await letter()}/redrive`),
    400: () => api.request("POST", "/dead-letters/x/redrive"),
    404: () => api.request("POST", `/dead-letters/${unknownId}/redrive`),
    409: async () => {
      const path = `/dead-letters/${await letter()}/redrive`;
      await api.request("POST", path);
      return api.request("POST", path);
    },
  },
  "POST /keys": {
    201: () => api.request("POST", "/keys", { name: "till", scopes: ["products:read"] }),
    400: () => api.request("POST", "/keys", { name: "till", scopes: [] }),
  },
  "GET /keys": {
    200: () => api.request("GET", "/keys"),
    400: () => api.request("GET", "/keys?after=x"),
  },
  "DELETE /keys/{id}": {
    204: async () => {
      const { id } = (await api.request("POST", "/keys", { name: "till", scopes: ["products:read"] })).body;
      return api.request("DELETE", `/keys/${id}`);
    },
    400: () => api.request("DELETE", "/keys/x"),
    404: () => api.request("DELETE", `/keys/${unknownId}`),
  },
};

/** What is refused of any operation, whatever else it is asked. */
function ofAll({ method, path }: Operation): Readonly<Record<number, () => Promise<Reply>>> {
  // Nobody's: whatever is let through all the same changes nothing.
  const to = path.replace("{id}", "999999999");
  const other = path.startsWith("/keys") ? () => lettersOnly : () => keysOnly;
  return {
    401: () => api.request(method, to, undefined, { authorization: "" }),
    403: () => api.request(method, to, undefined, { authorization: `Bearer ${other()}` }),
    429: () =>
      eventually(async () => {
        const reply = await strictApi.request(method, to);
        return reply.status === 429 ? reply : undefined;
      }),
    503: () => lonelyApi.request(method, to),
    // Also of what asks for no body: one that is sent is looked at before anything else is.
    ...(method === "GET"
      ? {}
      : {
          413: () => api.request(method, to, huge, once()),
          415: () => api.request(method, to, {}, { ...once(), "content-type": "text/plain" }),
        }),
  };
}

/** Neither can be had at will: the one is a bug, and the other a reply that is lost at the right moment. */
const notAtWill = ["500", "504"];

describe("an answer", () => {
  const titles = [...Object.keys(exchanges), "GET /livez", "GET /readyz"];

  it("is asked for of each operation", () => {
    expect(titles.toSorted()).toEqual(operations.map(titleOf).toSorted());
  });

  it.each(Object.keys(exchanges))("of %s is as documented, with each status", async (title) => {
    const operation = operations.find((each) => titleOf(each) === title)!;
    const all = { ...exchanges[title], ...ofAll(operation) };
    const documented = Object.keys(operation.responses).filter((status) => !notAtWill.includes(status));
    expect(Object.keys(all)).toEqual(documented);
    for (const [status, ask] of Object.entries(all)) {
      const reply = await ask();
      expect({ status: reply.status, faults: faultsOf(operation, answerOf(reply)), body: reply.body }).toEqual({
        status: Number(status),
        faults: [],
        body: reply.body,
      });
    }
  });

  it.each([
    ["/livez", 200, () => api],
    ["/readyz", 200, () => api],
    ["/readyz", 503, () => lonelyApi],
  ])("of %s is as documented, with %i", async (path, status, app) => {
    const reply = await app().request("GET", path, undefined, { authorization: "" });
    const operation = operations.find((each) => each.path === path)!;
    expect(reply.status).toBe(status);
    expect(faultsOf(operation, answerOf(reply))).toEqual([]);
  });
});

/** What a schema does not list is dropped from an answer without a word. */
describe("an answer holds all that Postgres has, for", () => {
  async function row(statement: string, ...values: readonly unknown[]): Promise<unknown> {
    return withClient(system.postgres.url, async (client) => (await client.query(statement, [...values])).rows[0]);
  }

  it("a product", async () => {
    const id = await make({ ...product, note: "blue" });
    const columns = 'tenant, id, name, price_cents AS "priceCents", stock, note, version';
    const { body } = await api.request("GET", `/products/${id}`);
    expect(body).toEqual(await row(`SELECT ${columns} FROM products WHERE id = $1`, id));
  });

  it("a dead letter and its order", async () => {
    const id = await letter();
    const kept = await row("SELECT payload, reason, history FROM dead_letters WHERE id = $1", id);
    const { deadLetters } = (await api.request("GET", "/dead-letters")).body;
    const told = deadLetters.find((each: { id: string }) => each.id === id);
    expect(told).toMatchObject(kept as object);
    const order = (await api.request("GET", `/orders/${told.payload.orderId}`)).body;
    const columns = 'id AS "orderId", product_id AS "productId", quantity, status, reason';
    expect(order).toEqual(await row(`SELECT ${columns} FROM orders WHERE id = $1`, told.payload.orderId));
  });
});

it("names in the document all that was asked for by now, but for what is not for clients", async () => {
  const { body } = await api.request("GET", "/metrics");
  const routes = [...String(body).matchAll(/route="([^"]*)"/g)].map(([, route]) => route?.replace(/:(\w+)/g, "{$1}"));
  const hidden = ["none", "/metrics", "/openapi.json"];
  expect(routes).toContain("/products/{id}");
  expect(routes.filter((route = "") => !hidden.includes(route) && !(route in document.paths))).toEqual([]);
});

function answerOf({ status, headers, body }: Reply) {
  const contentType = headers.get("content-type")?.split(";")[0];
  return { status, contentType, text: typeof body === "string" ? body : JSON.stringify(body) };
}
