import { networkInterfaces } from "node:os";
import { expect, it } from "vitest";
import { operation, tried } from "../load/testing/rig.ts";
import { assertAllowedTargets } from "./foreign-targets.ts";

const allows = (host: string, allowed: readonly string[] = []): boolean => {
  try {
    assertAllowedTargets([{ host, port: 80 }], allowed);
    return true;
  } catch {
    return false;
  }
};

it("a load goes to this machine", () => {
  const own = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
  const loopback = ["localhost", "LOCALHOST.", "api.localhost", "127.0.0.1", "127.8.9.10", "::1", "[::1]"];
  for (const host of [...own, ...loopback, "0.0.0.0", "::ffff:127.0.0.1"]) expect(allows(host), host).toBe(true);
});

it("what is elsewhere is refused, also when it looks alike", () => {
  const elsewhere = ["192.0.2.1", "example.com", "localhost.example.com", "127.0.0.1.example.com", "2001:db8::1"];
  for (const host of [...elsewhere, "notlocalhost", "12.7.0.1", ""]) expect(allows(host), host).toBe(false);
});

it("unless the user named its host", () => {
  expect(allows("example.com", ["Example.com"])).toBe(true);
  expect(allows("2001:db8::1", ["[2001:db8::1]"])).toBe(true);
  expect(allows("www.example.com", ["example.com"])).toBe(false);
});

it("nothing is sent to any target when one of them is foreign", async () => {
  const targets = [
    { host: "127.0.0.1", port: 9 },
    { host: "192.0.2.1", port: 80 },
  ];
  await expect(tried({ operations: { any: operation("/") }, targets })).rejects.toMatchObject({
    code: "FOREIGN_TARGET",
    exit: 64,
    message: expect.stringContaining("--allow-target 192.0.2.1"),
  });
});
