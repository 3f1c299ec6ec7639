import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copiedPostgres, copyPostgres, isUsableInPlace, postgresPackage } from "./postgres.mjs";
import { isAtLeast, versionOf } from "./programs.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "postgres-"));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What npm unpacks: the binaries, and a list of the links that it could not pack. */
function unpacked(): string {
  const native = join(folder, "native");
  mkdirSync(join(native, "bin"), { recursive: true });
  mkdirSync(join(native, "lib"), { mode: 0o700 });
  writeFileSync(join(native, "bin", "postgres"), "#!/bin/sh\n", { mode: 0o700 });
  writeFileSync(join(native, "lib", "libpq.so.5.18"), "library", { mode: 0o600 });
  const links = [{ source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so.5" }];
  writeFileSync(join(native, "pg-symlinks.json"), JSON.stringify(links));
  return native;
}

test("the copy has the links that npm could not pack, can be read by others, and is made once", async () => {
  const native = unpacked();
  const cache = join(folder, "cache");
  expect(copiedPostgres(cache, "18.4")).toBeUndefined();
  expect(isUsableInPlace(native)).toBe(false);
  const copies = await Promise.all([copyPostgres(native, cache, "18.4"), copyPostgres(native, cache, "18.4")]);
  expect(copies[0]).toBe(copies[1]);
  expect(copiedPostgres(cache, "18.4")).toBe(copies[0]);
  const link = join(copies[0]!, "lib", "libpq.so.5");
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readlinkSync(link)).toBe("libpq.so.5.18");
  expect(statSync(join(copies[0]!, "lib")).mode & 0o777).toBe(0o755);
  expect(statSync(join(copies[0]!, "bin", "postgres")).mode & 0o777).toBe(0o755);
  expect(statSync(link).mode & 0o777).toBe(0o644);
  // Nothing half-made beside it.
  expect(readdirSync(cache)).toHaveLength(1);
});

test("npm's package is found, and which packaging it is", async () => {
  const found = postgresPackage();
  expect(found?.packaging).toMatch(/^18\.\d+\./);
  expect(existsSync(join(found?.native ?? "", "bin", "initdb"))).toBe(true);
});

test("versions are compared by their numbers", () => {
  expect(isAtLeast("7.0.15", "6.2")).toBe(true);
  expect(isAtLeast("6.2", "6.2.0")).toBe(true);
  expect(isAtLeast("6.0.16", "6.2")).toBe(false);
  expect(isAtLeast("10.0", "9.9.9")).toBe(true);
});

test("a program that is not there tells no version", async () => {
  expect(await versionOf("no-such-program")).toBeUndefined();
});
