import { expect, test, vi } from "vitest";
import { remains } from "./remains.ts";

test("what stays as it is has been looked at as often as was said, each time after what was due had its turn", async () => {
  const turns: number[] = [];
  const look = vi.fn(() => turns.push(look.mock.calls.length));
  const timer = setInterval(() => turns.push(0), 1);
  await remains(look, { looks: 4, everyMs: 5 });
  clearInterval(timer);
  expect(look).toHaveBeenCalledTimes(4);
  for (const count of [1, 2, 3, 4]) expect(turns[turns.indexOf(count) - 1]).toBe(0);
});

test("what changes is seen at the first look after it, also where a look takes its time", async () => {
  let looks = 0;
  const watched = remains(async () => {
    looks += 1;
    expect(await Promise.resolve(looks)).toBeLessThan(3);
  });
  await expect(watched).rejects.toThrow("to be less than 3");
  expect(looks).toBe(3);
});
