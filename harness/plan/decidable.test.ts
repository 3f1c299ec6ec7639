import { expect, test } from "vitest";
import { accepted, kill, killRandom, seconds } from "../index.ts";
import { problemsOf, shopScenario } from "./testing/shop.ts";

const faultsAre = (faults: unknown) => problemsOf({ ...shopScenario, faults });

test("a fault that waits for more operations than are due is said to wait in vain", () => {
  const waiting = (count: number) => [
    { at: seconds(0), after: accepted(count, ["read"]), lasting: seconds(1), inject: kill("cache") },
  ];
  expect(faultsAre(waiting(100_000))).toMatchObject([
    {
      code: "CANNOT_DECIDE",
      where: "shop: faults",
      message: expect.stringMatching(/"kill cache" waits for 100,000 read from 0 ms on, and \d+ are due/),
    },
  ]);
  expect(faultsAre(waiting(10))).toEqual([]);
});

test("faults of which the seed draws none are told before the run", () => {
  const rare = killRandom({ every: seconds(80_000), among: ["cache"], within: seconds(5) });
  for (const faults of [rare, [rare]]) {
    expect(faultsAre(faults)).toMatchObject([
      { code: "CANNOT_DECIDE", where: "shop: faults", message: "are drawn, and the seed 7 draws none" },
    ]);
  }
  // A scenario without any is a base for exploring.
  expect(faultsAre([])).toEqual([]);
});
