import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { openTeller } from "./progress.mjs";

function stream(isTTY: boolean) {
  const written: string[] = [];
  return { written, isTTY, columns: 40, write: (text: string) => void written.push(text) };
}

test("in a log: lines, and one for a long step from time to time", async () => {
  const log = stream(false);
  const teller = openTeller(log, { everyMs: 50, isDumb: false });
  teller.say("hello");
  await teller.during("npm ci", () => vi.waitFor(() => expect(log.written.length).toBeGreaterThan(2), 20_000));
  expect(log.written.slice(0, 3)).toEqual([
    "  hello\n",
    expect.stringMatching(/^ {2}npm ci: still at work, \d+\.\d s\n$/),
    expect.stringMatching(/^ {2}npm ci: still at work, \d+\.\d s\n$/),
  ]);
});

test("on a terminal: one line that turns, gives way to lines that stay, and is gone at the end", async () => {
  const terminal = stream(true);
  const teller = openTeller(terminal, { isDumb: false });
  await Promise.all([
    teller.during("npm ci", () => sleep(300)),
    teller.during("toxiproxy-server with a long name", () => sleep(300)),
    sleep(200).then(() => teller.say("redis-server is there")),
  ]);
  const text = terminal.written.join("");
  expect(text).toContain("npm ci 0 s · toxiproxy-server");
  expect(text).toContain("\r\u001b[K  redis-server is there\n");
  expect(text.endsWith("\r\u001b[K")).toBe(true);
  const drawn = terminal.written.filter((one) => one.includes(" s"));
  // A line that wraps could not be cleared.
  expect(Math.max(...drawn.map((one) => one.length - "\r\u001b[K".length))).toBeLessThan(40);
});
