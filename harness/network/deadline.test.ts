import { MessageChannel } from "node:worker_threads";
import { expect, test } from "vitest";
import { withDeadline } from "./deadline.ts";

const never = new Promise<never>(() => undefined);
const late = (): Error => new Error("too late");

test("a task that is done in time gives its result, or its error", async () => {
  expect(await withDeadline(Promise.resolve(7), 60_000, late)).toBe(7);
  await expect(withDeadline(Promise.reject(new Error("oh")), 60_000, late)).rejects.toThrow("oh");
});

test("what came in time is in time, though this process was held up and sees the timer first", async () => {
  const { port1, port2 } = new MessageChannel();
  const came = new Promise((resolve) => port1.once("message", resolve));
  const waiting = withDeadline(came, 50, late);
  port2.postMessage("here");
  for (const until = performance.now() + 100; performance.now() < until; );
  expect(await waiting).toBe("here");
  port1.close();
});

test("a task that takes too long, or that nobody waits for any more, is an error", async () => {
  await expect(withDeadline(never, 10, late)).rejects.toThrow("too late");
  const stop = new AbortController();
  const waiting = withDeadline(never, 60_000, late, stop.signal);
  stop.abort(new Error("no patience"));
  const aborted = { name: "AbortError", cause: new Error("no patience") };
  await expect(waiting).rejects.toMatchObject(aborted);
  await expect(withDeadline(never, 60_000, late, stop.signal)).rejects.toMatchObject(aborted);
});
