import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { addOpenApi } from "../http/openapi.ts";
import { createServer } from "../http/server.ts";
import { createLog } from "../platform/log.ts";
import { type Door, type DoorOptions, openDoor, prepareKeys } from "../testing/access.ts";
import { type Component, startPostgres } from "../testing/components.ts";
import { eventually } from "../testing/processes.ts";
import { addAccess } from "./access.ts";
import { createAuthenticator } from "./authenticator.ts";
import { demoKeys } from "./demo-keys.ts";

const { shopper, keeper } = demoKeys.acme;
const doors = new Set<Door>();
let postgres: Component;

beforeAll(async () => {
  postgres = await startPostgres();
  await prepareKeys(postgres);
});
afterEach(async () => {
  await Promise.all([...doors].map((door) => door.close()));
  doors.clear();
});
afterAll(() => postgres?.dispose());

async function open(options: Partial<DoorOptions> = {}): Promise<Door> {
  const door = await openDoor({ url: postgres.url, ...options });
  doors.add(door);
  return door;
}

const bare = () => createServer({ instance: "test", log: createLog({ logLevel: "silent", instance: "test" }) });
const closed = createAuthenticator({
  find: async () => undefined,
  log: createLog({ logLevel: "silent", instance: "test" }),
});

describe("a request", () => {
  it("gets in with a key, as who the key's row says", async () => {
    const { ask } = await open();
    expect(await ask(shopper)).toMatchObject({ status: 200, body: { tenant: "acme", scopes: expect.any(Array) } });
    expect(await ask(demoKeys.globex.keeper)).toMatchObject({ status: 200, body: { tenant: "globex" } });
  });

  it.each([
    ["no header", {}, "missing-key"],
    ["an empty header", { authorization: "" }, "missing-key"],
    ["a wrong key", { authorization: "Bearer acme.shopper.wrong" }, "unknown-key"],
    [
      "another tenant before a good key's secret",
      { authorization: `Bearer ${shopper.replace("acme", "globex")}` },
      "unknown-key",
    ],
    ["another scheme", { authorization: `Basic ${shopper}` }, "unknown-key"],
    ["a scheme alone", { authorization: "Bearer" }, "unknown-key"],
    ["a key alone", { authorization: shopper }, "unknown-key"],
    ["two keys", { authorization: `Bearer ${shopper} ${keeper}` }, "unknown-key"],
    ["a key and more", { authorization: `Bearer ${shopper}, Bearer ${shopper}` }, "unknown-key"],
    ["a key that is too long", { authorization: `Bearer ${"a".repeat(129)}` }, "unknown-key"],
    ["a key with other characters", { authorization: "Bearer acme.shopper.\u00e9" }, "unknown-key"],
    ["a key that is SQL", { authorization: "Bearer ';DROP/**/TABLE/**/api_keys--" }, "unknown-key"],
  ])("with %s is refused, and its key not repeated", async (_what, headers, code) => {
    const { server } = await open();
    const reply = await server.inject({ path: "/whoami", headers });
    expect(reply.statusCode).toBe(401);
    expect(reply.headers).toMatchObject({ "www-authenticate": "Bearer" });
    expect(reply.headers["content-type"]).toContain("application/problem+json");
    expect(reply.json()).toMatchObject({ code });
    expect(reply.body).not.toContain("acme");
  });

  it("may write the scheme as it likes", async () => {
    const { server } = await open();
    const reply = await server.inject({ path: "/whoami", headers: { authorization: `bEARER  ${shopper}` } });
    expect(reply.statusCode).toBe(200);
  });

  it("with two headers is refused, though one of them is good", async () => {
    const { server } = await open();
    await server.listen({ host: "127.0.0.1", port: 0 });
    const address = server.server.address();
    if (address === null || typeof address === "string") throw new Error("no port was given");
    const socket = connect(address.port, "127.0.0.1");
    await once(socket, "connect");
    const lines = ["GET /whoami HTTP/1.1", "Host: shop", `Authorization: Bearer ${shopper}`];
    socket.write([...lines, "authorization: Bearer other", "Connection: close", "", ""].join("\r\n"));
    expect(await text(socket)).toContain("401 Unauthorized");
  });

  it("for nothing that is there, or that is for all, needs no key", async () => {
    const { ask } = await open();
    expect(await ask(undefined, "/nothing")).toMatchObject({ status: 404, body: { code: "not-found" } });
    expect(await ask(undefined, "/whoami", { method: "DELETE" })).toMatchObject({ status: 404 });
    expect(await ask(undefined, "/open")).toMatchObject({ status: 200 });
    expect(await ask(undefined, "/open", { method: "HEAD" })).toMatchObject({ status: 200 });
  });

  it("with HEAD needs the key that GET does", async () => {
    const { ask } = await open();
    expect(await ask(undefined, "/whoami", { method: "HEAD" })).toMatchObject({ status: 401 });
    expect(await ask(shopper, "/operations", { method: "HEAD" })).toMatchObject({ status: 403 });
    expect(await ask(shopper, "/whoami", { method: "HEAD" })).toMatchObject({ status: 200 });
  });

  it("is told which scope its key lacks", async () => {
    const { ask } = await open();
    const answer = await ask(shopper, "/operations");
    expect(answer).toMatchObject({ status: 403, body: { code: "missing-scope" } });
    expect(answer.body.detail).toContain("operations");
    expect(await ask(keeper, "/operations")).toMatchObject({ status: 200 });
  });
});

describe("a route", () => {
  it("without a scope keeps the server from starting", async () => {
    const server = bare();
    addAccess(server, closed);
    await expect(
      (async () => {
        server.get("/forgotten", async () => ({}));
        await server.ready();
      })(),
    ).rejects.toThrow("GET /forgotten");
  });

  it("that was added too early to be looked at is closed to all", async () => {
    const server = bare();
    server.get("/early", async () => ({}));
    const principal = { keyId: "1", tenant: "acme", scopes: [] };
    addAccess(server, { authenticate: async () => principal });
    expect((await server.inject("/early")).statusCode).toBe(401);
    const headers = { authorization: `Bearer ${keeper}` };
    expect((await server.inject({ path: "/early", headers })).statusCode).toBe(403);
  });

  it("of the keys is in the API's document", async () => {
    const { addKeyRoutes } = await import("./key-routes.ts");
    const { openDatabase } = await import("../platform/database.ts");
    const log = createLog({ logLevel: "silent", instance: "test" });
    const server = bare();
    const limits = { poolSize: 1, connectMs: 300, queryMs: 400, transactionMs: 450 };
    const database = openDatabase(postgres.url, limits, log);
    await addOpenApi(server);
    addAccess(server, closed);
    addKeyRoutes(server, database);
    const { paths } = (await server.inject("/openapi.json")).json();
    await database.close();
    expect(Object.keys(paths)).toEqual(["/keys", "/keys/{id}"]);
    expect(Object.keys(paths["/keys"].post.responses)).toContain("201");
  });
});

describe("limits", () => {
  it("hold a key to so many requests in a second, and no other key", async () => {
    const { ask } = await open({ limits: { perSecond: 5 } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(shopper)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    for (const { body, headers } of refused) {
      expect(body).toMatchObject({ status: 429, code: "too-many-requests" });
      expect(headers["content-type"]).toContain("application/problem+json");
      expect(headers["retry-after"]).toBe("1");
    }
    expect(await ask(keeper)).toMatchObject({ status: 200 });
    await eventually(async () => (await ask(shopper)).status === 200);
  });

  it("make a flood of one wrong key short, and hold up no good key from there, known or not", async () => {
    const { ask } = await open({ limits: { refusedPerSecond: 5 } });
    await ask(keeper);
    const flood = await Promise.all(Array.from({ length: 100 }, () => ask("acme.shopper.wrong")));
    expect(new Set(flood.map(({ status }) => status))).toEqual(new Set([401, 429]));
    expect(flood.find(({ status }) => status === 429)).toMatchObject({ headers: { "retry-after": "1" } });
    expect(await ask(keeper)).toMatchObject({ status: 200 });
    expect(await ask(shopper)).toMatchObject({ status: 200 });
  });

  it("make guessing slow, where it comes from, and hold up no key that is known", async () => {
    const { ask } = await open({ limits: { refusedPerSecond: 5 } });
    await ask(keeper);
    await Promise.all(Array.from({ length: 20 }, (_, at) => ask(`acme.shopper.${at}`)));
    // Asked for while there may be no more guesses, a key is not even looked for, though it is a good one.
    const [known, unknown, elsewhere] = await Promise.all([
      ask(keeper),
      ask(shopper),
      ask(demoKeys.globex.shopper, "/whoami", { from: "127.0.0.2" }),
    ]);
    expect([known.status, unknown.status, elsewhere.status]).toEqual([200, 429, 200]);
    await eventually(async () => (await ask(shopper)).status === 200);
  });
});
