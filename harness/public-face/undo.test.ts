import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { postgresKind } from "../environments/attach/postgres.ts";
import { redisKind } from "../environments/attach/redis.ts";
import { PostgresServerControl } from "../environments/kinds/postgres-control.ts";
import { RedisServerControl } from "../environments/kinds/redis-control.ts";
import { faultKinds } from "../faults/index.ts";
import { attached } from "../index.ts";
import type { Capabilities } from "../model/capabilities.ts";
import type { ScheduledInjection } from "../model/fault.ts";
import type { UndoStep } from "../model/undo.ts";
import { linkControl } from "../network/link.ts";
import { ProxyServer } from "../network/proxy-server.ts";

// What stands in the journal before a fault strikes a system that was there before the run, and stays. The watchdog and
// `faultline clean` do these steps when the run itself no longer can, also those of a journal that an earlier version wrote.

const scratch = mkdtempSync(join(tmpdir(), "faultline-undo-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const address = (port: number) => ({ host: "10.0.0.1", port });

let redis: Capabilities["redis"];
let postgres: Capabilities["postgres"];
beforeAll(async () => {
  // No server: only what the drivers of `attach` make of commands and statements is looked at.
  vi.spyOn(RedisServerControl, "open").mockImplementation(
    async (name, _, access) =>
      ({
        name,
        original: (setting: string) => (setting === "role" ? "master" : `the ${setting} of before`),
        originalCommandRules: () => ["+@all", "-debug"],
        undo: (...commands: readonly (readonly string[])[]) => [access?.undo?.(commands)],
      }) as never,
  );
  vi.spyOn(PostgresServerControl.prototype, "ask").mockResolvedValue(undefined);
  vi.spyOn(PostgresServerControl.prototype, "admin").mockResolvedValue([]);
  const cache = attached({ kind: "redis", at: "10.0.0.1:6379", user: "chaos", password: "a secret" });
  const admin = { user: "root", password: "another secret" };
  const db = attached({ kind: "postgres", at: "10.0.0.1:5432", database: "shop", user: "app", admin });
  const opened = [
    await redisKind.control!.open({ name: "cache", address: address(6379), definition: cache, scratch }),
    await postgresKind.control!.open({ name: "db", address: address(5432), definition: db, scratch }),
  ];
  redis = opened[0]!.controls.redis!;
  postgres = opened[1]!.controls.postgres!;
  vi.restoreAllMocks();
});

const theirs = linkControl({
  link: { name: "api->cache" } as never,
  listen: address(7000),
  server: new ProxyServer(address(8474)),
  greeting: {} as never,
  proxy: "api_cache",
});

/** The steps for a kind of fault with the parameters of its example. */
function stepsOf(name: string, control: unknown): readonly UndoStep[] {
  const kind = faultKinds.find((one) => one.kind === name)!;
  const injection: ScheduledInjection = {
    kind: name,
    target: "x",
    parameters: kind.example,
    id: "i1",
    atMs: 0,
    lastingMs: 1000,
    acts: ["x"],
    title: "",
  };
  return kind.undo(control as never, injection);
}

test.each<[string, ...(readonly string[])[]]>([
  ["redisPause", ["CLIENT", "UNPAUSE"]],
  [
    "redisOutOfMemory",
    ["CONFIG", "SET", "maxmemory", "the maxmemory of before"],
    ["CONFIG", "SET", "maxmemory-policy", "the maxmemory-policy of before"],
  ],
  ["redisMemoryFull", ["CONFIG", "SET", "maxmemory", "the maxmemory of before"]],
  ["redisReadOnly", ["REPLICAOF", "NO", "ONE"]],
  ["redisNoQuorum", ["CONFIG", "SET", "min-replicas-to-write", "the min-replicas-to-write of before"]],
  ["redisMaxClients", ["CONFIG", "SET", "maxclients", "the maxclients of before"]],
  ["redisDenied", ["ACL", "SETUSER", "default", "nocommands", "+@all", "-debug"]],
])("%s is undone by commands", (name, ...commands) => {
  const step: UndoStep = {
    do: "askRedis",
    host: "10.0.0.1",
    port: 6379,
    user: "chaos",
    passwordFile: join(scratch, "cache.password"),
    commands,
  };
  expect(JSON.stringify(stepsOf(name, redis))).toBe(JSON.stringify([step]));
});

test.each<[string, ...string[]]>([
  ["postgresReadOnly", "ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()"],
  ["postgresCommitStall", "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()"],
  ["postgresExhaustion", 'ALTER ROLE "app" CONNECTION LIMIT -1'],
  ["postgresLoginDenied", 'ALTER ROLE "app" LOGIN'],
])("%s is undone by statements", (name, ...statements) => {
  const step: UndoStep = {
    do: "askPostgres",
    host: "10.0.0.1",
    port: 5432,
    database: "shop",
    user: "root",
    passwordFile: join(scratch, "db.password"),
    statements,
  };
  expect(JSON.stringify(stepsOf(name, postgres))).toBe(JSON.stringify([step]));
});

test("a journal names files with passwords, which are not in it", () => {
  expect(readFileSync(join(scratch, "cache.password"), "utf8")).toBe("a secret");
  expect(readFileSync(join(scratch, "db.password"), "utf8")).toBe("another secret");
});

test.each<[string, ...string[]]>([
  ["latency", "i1-latency-downstream"],
  ["bandwidth", "i1-bandwidth-upstream", "i1-bandwidth-downstream"],
  ["slowClose", "i1-slow_close-downstream"],
  ["slices", "i1-slicer-upstream"],
  ["truncate", "i1-limit_data-upstream"],
  ["reset", "i1-reset_peer-upstream"],
  ["partition", "i1-timeout-upstream", "i1-timeout-downstream"],
])("%s is undone by taking its toxics off", (name, ...toxics) => {
  const steps = toxics.map((toxic): UndoStep => {
    return { do: "removeToxic", admin: "http://10.0.0.1:8474", proxy: "api_cache", foreign: true, toxic };
  });
  expect(JSON.stringify(stepsOf(name, theirs))).toBe(JSON.stringify(steps));
});

test("refuse is undone by opening the proxy", () => {
  const step: UndoStep = { do: "openProxy", admin: "http://10.0.0.1:8474", proxy: "api_cache", foreign: true };
  expect(JSON.stringify(stepsOf("refuse", theirs))).toBe(JSON.stringify([step]));
});

test.each(["overload", "slowRequests"])("%s leaves nothing on the link", (name) => {
  expect(stepsOf(name, theirs)).toEqual([]);
});

test.each(["redisBlock", "redisAmnesia"])("%s leaves nothing that could be undone", (name) => {
  expect(stepsOf(name, redis)).toEqual([]);
});

test.each(["postgresKick", "postgresKillBackend", "postgresLock", "postgresDropIndex"])(
  "%s leaves nothing that could be undone on the server",
  (name) => {
    expect(stepsOf(name, postgres)).toEqual([]);
  },
);
