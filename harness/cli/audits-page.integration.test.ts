import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Component, startPostgres, startRedis, withClient } from "../../target-app/testing/components.ts";
import type { FinalState } from "../model/check.ts";
import type { Address } from "../model/environment.ts";
import type { Audit, AuditContext } from "../model/scenario.ts";
import { readFinalState } from "../run/audit.ts";
import { readAtRest } from "../schema/audit-answers.ts";
import { BadAudit, columnsOf } from "../schema/final-state-problems.ts";

// docs/audits.md, followed: its audits compile under the project's settings, and read real servers.

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/audits.md"), "utf8");
const files = [...page.matchAll(/`([\w-]+\.ts)`:\n\n```ts\n([\s\S]*?)```/g)].map(([, name = "", code = ""]) => ({
  name,
  code,
}));
const tables = /```sql\n([\s\S]*?)```/.exec(page)?.[1] ?? "";

const folder = mkdtempSync(join(tmpdir(), "audits-page-"));
const servers: Component[] = [];

beforeAll(() => {
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const { name, code } of files) writeFileSync(join(folder, name), code);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const compilerOptions = { paths: { faultline: [join(root, "harness/index.ts")] } };
  const settings = { extends: join(root, "tsconfig.json"), compilerOptions, include: ["*.ts"], exclude: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.dispose()));
  rmSync(folder, { recursive: true, force: true });
});

async function auditIn(name: string): Promise<Audit> {
  const { audit } = (await import(pathToFileURL(join(folder, name)).href)) as { audit: Audit };
  return audit;
}

const addressOf = (url: string): Address => ({ host: new URL(url).hostname, port: Number(new URL(url).port) });
const contextFor = (name: string, address: Address, keyspaces: Record<string, number>): AuditContext => ({
  addresses: { [name]: address },
  kinds: {},
  keyspaces,
  runToken: "ab12cd34",
  signal: AbortSignal.timeout(30_000),
});

test("each audit of the page compiles under the project's settings", async () => {
  expect(files.map(({ name }) => name)).toEqual(["audit-postgres.ts", "audit-redis.ts", "audit-http.ts"]);
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const compiled = promisify(execFile)(process.execPath, [tsc, "--noEmit", "-p", folder]).catch((error) => error);
  expect((await compiled).stdout).toBe("");
});

test("the audit of Postgres reads what is there, as often as it is there", async () => {
  const postgres = await startPostgres();
  servers.push(postgres);
  const audit = await auditIn("audit-postgres.ts");
  const context = contextFor("postgres", addressOf(postgres.url), { keys: 2 });
  await withClient(postgres.url, (client) =>
    client.query(`${tables}
      INSERT INTO notes VALUES (1, 1, NULL), (2, 7, 'ab12cd34-4'), (3, 1, NULL);
      INSERT INTO orders VALUES ('ab12cd34-5', 'fulfilled', 1), ('ab12cd34-5', 'fulfilled', 1),
                                ('ab12cd34-6', 'given up', 5), ('ab12cd34-7', 'pending', 1), ('other-8', 'fulfilled', 1);
      INSERT INTO shipments VALUES ('ab12cd34-5', 2), ('ab12cd34-5', 2);
      INSERT INTO stock VALUES (996);`),
  );
  expect(readAtRest(await audit.atRest(context))).toBe(false);
  await withClient(postgres.url, (client) => client.query("DELETE FROM orders WHERE status = 'pending'"));
  expect(readAtRest(await audit.atRest(context))).toBe(true);
  const expected: FinalState = {
    registers: [
      { key: 0, version: 1, value: null },
      { key: 1, version: 7, value: 4 },
    ],
    items: [
      { id: 5, count: 2 },
      { id: 6, count: 1 },
    ],
    jobs: [
      { id: 5, state: "completed", effects: 2, attempts: 1, attemptsAllowed: 5 },
      { id: 6, state: "dead", effects: 0, attempts: 5, attemptsAllowed: 5 },
    ],
    conserved: [{ name: "pieces in stock and shipped", expected: 1000, actual: 1000 }],
  };
  expect(await readFinalState(audit, context, 100)).toEqual(expected);
  expect(await audit.gauges?.(context)).toEqual({ "backends of Postgres": 1 });
  await withClient(postgres.url, (client) =>
    client.query("INSERT INTO orders VALUES ('ab12cd34-9', 'lost in transit')"),
  );
  await expect(readFinalState(audit, context, 100)).rejects.toThrow(/jobs\[2\]\.state is the text "lost in transit"/);
});

test("Postgres returns text for what nobody cast, and the page says what is then said", async () => {
  const postgres = servers[0]!;
  const { rows } = await withClient(postgres.url, (client) =>
    client.query("SELECT 0 AS key, 17::bigint AS version, NULL::int AS value"),
  );
  const audit = { read: () => Promise.resolve({ registers: rows, items: [] }) } as unknown as Audit;
  const context = contextFor("postgres", addressOf(postgres.url), { keys: 2 });
  const refused = await readFinalState(audit, context, 100).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(BadAudit);
  const said = /```text\nthe audit failed: ([\s\S]*?)\n```/.exec(page)?.[1]?.replaceAll("\n", " ");
  expect((refused as BadAudit).message.replace("registers[0]", "registers[3]")).toBe(said);
});

test("the audit of Redis reads what is there, as often as it is there", async () => {
  const server = await startRedis();
  servers.push(server);
  const audit = await auditIn("audit-redis.ts");
  const context = contextFor("redis", addressOf(server.url), { counters: 3 });
  const redis = new Redis(server.url);
  try {
    await redis.hset("counter:0", { version: 1 });
    await redis.hset("counter:2", { version: 12, writer: 3 });
    await redis.rpush("done", "ab12cd34-5", "ab12cd34-6", "ab12cd34-5", "other-7");
    await redis.rpush("queue", "ab12cd34-8");
    expect(readAtRest(await audit.atRest(context))).toBe(false);
    expect(await audit.gauges?.(context)).toEqual({ "messages in the queue": 1 });
    await redis.del("queue");
    expect(readAtRest(await audit.atRest(context))).toBe(true);
    expect(await readFinalState(audit, context, 100)).toEqual({
      registers: [
        { keyspace: "counters", key: 0, version: 1, value: null },
        { keyspace: "counters", key: 2, version: 12, value: 3 },
      ],
      items: [
        { id: 5, count: 2 },
        { id: 6, count: 1 },
      ],
    });
  } finally {
    redis.disconnect();
  }
});

test("the audit by HTTP reads rows, cached values and documents", async () => {
  const contents = {
    rows: [
      { id: 0, version: 1, writtenBy: null },
      { id: 1, version: 3, writtenBy: 8 },
    ],
    cached: [{ id: 1, version: 2 }],
    documents: [1, 1].map((id) => ({ id, version: 3 })),
    indexQueue: 0,
  };
  const server = createServer((request, response) => {
    response.writeHead(request.url === "/admin/articles" ? 200 : 404).end(JSON.stringify(contents));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const audit = await auditIn("audit-http.ts");
    const { port } = server.address() as AddressInfo;
    const context = contextFor("web", { host: "127.0.0.1", port }, { keys: 5 });
    expect(readAtRest(await audit.atRest(context))).toBe(true);
    expect(await readFinalState(audit, context, 100)).toEqual({
      registers: [
        { key: 0, version: 1, value: null },
        { key: 1, version: 3, value: 8 },
      ],
      items: [],
      cache: [{ key: 1, cached: 2, row: 3, isMoving: false }],
      index: [1, 1].map((key) => ({ key, version: 3 })),
    });
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test("the page names every part of a final state, and every field of its rows", () => {
  for (const [part, columns] of Object.entries(columnsOf)) {
    const [, row = ""] = new RegExp(`^\\| \`${part}\` \\| (.*)$`, "m").exec(page) ?? [];
    const named = columns.filter((column) => column !== "keyspace");
    expect(named.filter((column) => !row.includes(`\`${column}\``))).toEqual([]);
  }
});
