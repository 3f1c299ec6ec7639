import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lookForFaketime } from "./faketime.mjs";

test("the library is found where a distribution puts it, and missed where it is not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "libraries-"));
  try {
    const places = [join(folder, "lib"), join(folder, "lib64")];
    expect((await lookForFaketime(places)).problem).toContain("not installed");
    const path = join(folder, "lib", "arm-linux-gnu", "faketime", "libfaketime.so.1");
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, "");
    expect((await lookForFaketime(places)).found?.path).toBe(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
