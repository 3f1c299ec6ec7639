import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ran, scenarioOf } from "./testing/advertised/bus.ts";
import { Faultline, temporaryFolder } from "./testing/faultline.ts";

// A fault on a link met nothing unless something went over that link: counted at the real proxy.

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

describe("a client that asks its proxy once and then goes where the answer sends it", () => {
  test.each([
    ["partition", `partition("web->broker")`, { KEEPS: "on" }],
    ["refuse", `refuse("web->broker")`, {}],
  ])("%s of that link met nothing, and the run cannot tell (%s, %o)", async (title, fault, environment) => {
    const { verdict, reasons } = await ran(folder.path, fault, environment);
    expect(verdict).toBe("inconclusive");
    expect(reasons).toEqual([`${title} web->broker: nothing went through that link while it acted`]);
  });
});

describe("a client that stays with its proxy", () => {
  test.each([[`partition("web->broker")`, { BREAKER: "on" }]])(
    "%s %o met traffic, and the run is judged",
    async (fault, environment) => {
      const { reasons, traffic } = await ran(folder.path, fault, { FOLLOWS: "off", ...environment });
      expect(reasons).toEqual([]);
      expect(traffic).toMatchObject({ before: { requestBytes: expect.any(Number) } });
    },
  );
});

test("a latency that is not shorter than its fault is refused before anything starts", async () => {
  const file = scenarioOf(folder.path, `latency("web->broker", { latency: seconds(6) })`, {}, 2);
  const faultline = new Faultline(["validate", file], { output: folder.path });
  expect(await faultline.ended()).toBe(64);
  expect(faultline.stderr).toContain(
    "faults[0].lasting: is 2 s, and to prove that latency 6 s on web->broker acts takes 6 s",
  );
});
