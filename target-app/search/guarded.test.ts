import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { createLog } from "../platform/log.ts";
import { guarded } from "./guarded.ts";

const log = createLog({ logLevel: "silent", instance: "test" });
const refused = () => Promise.reject(new Error("refused"));

it("is ready only while its breaker is closed: not while one caller tries it for all", async () => {
  const { run, isReady } = guarded(log);
  expect(isReady()).toBe(true);
  for (let count = 0; count < 3; count++) await run("search", 100, refused).catch(() => undefined);
  expect(isReady()).toBe(false);
  await sleep(510);
  const trial = Promise.withResolvers<string>();
  const trying = run("search", 2000, () => trial.promise);
  await new Promise(setImmediate);
  expect(isReady()).toBe(false);
  trial.resolve("found");
  expect(await trying).toBe("found");
  expect(isReady()).toBe(true);
});

it("is not half-open for longer than the one caller may wait, whatever becomes of the answer", async () => {
  const { run, isReady } = guarded(log);
  for (let count = 0; count < 3; count++) await run("search", 100, refused).catch(() => undefined);
  await sleep(510);
  await expect(run("search", 30, () => new Promise(() => undefined))).rejects.toMatchObject({ name: "Unavailable" });
  await sleep(510);
  expect(await run("search", 100, async () => "found")).toBe("found");
  expect(isReady()).toBe(true);
});
