import { expect, it } from "vitest";
import { DeadlineExceeded, withDeadline } from "./deadline.ts";

it("passes on what the work gives, or how it fails", async () => {
  await expect(withDeadline("it", 1000, Promise.resolve(7))).resolves.toBe(7);
  await expect(withDeadline("it", 1000, Promise.reject(new Error("no")))).rejects.toThrow("no");
});

it("rejects work that never settles", async () => {
  await expect(withDeadline("the answer", 5, new Promise(() => undefined))).rejects.toThrow(DeadlineExceeded);
});

it("takes a late failure without a word: an unhandled rejection would end the process", async () => {
  const { promise, reject } = Promise.withResolvers<never>();
  await expect(withDeadline("it", 5, promise)).rejects.toThrow(DeadlineExceeded);
  reject(new Error("too late"));
  await new Promise(setImmediate);
});
