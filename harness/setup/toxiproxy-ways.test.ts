import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { messageOf } from "./failure.mjs";
import { lookForToxiproxy } from "./locate.mjs";
import { download, toxiproxyInCache } from "./toxiproxy-ways.mjs";

let server: Server;
let base: string;
let archive: Buffer;
let cache: string;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "release-"));
  writeFileSync(join(folder, "toxiproxy-server"), '#!/bin/sh\necho "toxiproxy-server version 2.12.0"\n');
  execFileSync("tar", ["-czf", join(folder, "r.tar.gz"), "-C", folder, "toxiproxy-server"]);
  archive = readFileSync(join(folder, "r.tar.gz"));
  rmSync(folder, { recursive: true });
  server = createServer((request, reply) => {
    if (request.url === "/whole") reply.end(archive);
    else if (request.url === "/torn") reply.end(archive.subarray(0, 40));
    else if (request.url === "/cut") {
      reply.writeHead(200, { "content-length": archive.length });
      reply.write(archive.subarray(0, 40), () => request.socket.destroy());
    } else if (request.url === "/never") reply.write("x");
    else reply.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "cache-"));
});
afterEach(() => rmSync(cache, { recursive: true }));

const sha256 = () => createHash("sha256").update(archive).digest("hex");

test("the release is taken when it is the known one, and found again in the cache", async () => {
  await download(cache, { url: `${base}/whole`, sha256: sha256(), deadlineMs: 10_000 });
  expect(readdirSync(cache)).toEqual(["toxiproxy-server-2.12.0"]);
  expect(await lookForToxiproxy(cache)).toMatchObject({ found: { version: "2.12.0", path: toxiproxyInCache(cache) } });
});

test.each([
  ["another than the known one", "/whole", "0".repeat(64), 10_000, /has the SHA-256 .* not used/],
  ["torn", "/torn", undefined, 10_000, /SHA-256/],
  ["not there", "/nowhere", undefined, 10_000, /answered 404/],
  ["cut off in the middle", "/cut", undefined, 10_000, /no download of .*: terminated/],
  ["never complete", "/never", undefined, 300, /never took longer than 0.3 s/],
])("a release that is %s is not used, and nothing half-made stays", async (_what, path, hash, deadlineMs, message) => {
  const given = { url: `${base}${path}`, sha256: hash ?? sha256(), deadlineMs };
  expect(messageOf(await download(cache, given).catch((error: unknown) => error))).toMatch(message);
  expect(readdirSync(cache)).toEqual([]);
});

test("a server that is not there is told with its reason, not as `fetch failed` alone", async () => {
  const given = { url: "http://127.0.0.1:1/release", sha256: "", deadlineMs: 10_000 };
  const error = await download(cache, given).catch((one: unknown) => one);
  expect(messageOf(error)).toMatch(/no download of http:\/\/127.0.0.1:1\/release: fetch failed: .+/);
});

test("an interruption ends a download", async () => {
  const interruption = new AbortController();
  setTimeout(() => interruption.abort(new Error("Ctrl-C")), 100);
  const given = { url: `${base}/never`, sha256: "", deadlineMs: 60_000, signal: interruption.signal };
  expect(messageOf(await download(cache, given).catch((error: unknown) => error))).toContain("Ctrl-C");
  expect(readdirSync(cache)).toEqual([]);
});

test("a program of another version, or of none, is not taken for Toxiproxy 2.12.0", async () => {
  const program = toxiproxyInCache(cache);
  const cases: readonly (readonly [string, string])[] = [
    ["toxiproxy-server version 2.9.0", "is 2.9.0, 2.12.0 is needed"],
    ["hello", "is of an unknown version"],
  ];
  for (const [says, problem] of cases) {
    writeFileSync(program, `#!/bin/sh\necho "${says}"\n`);
    chmodSync(program, 0o755);
    expect((await lookForToxiproxy(cache)).problem).toContain(problem);
  }
});
