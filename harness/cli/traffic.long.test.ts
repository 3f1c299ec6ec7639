import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ran } from "./testing/advertised/bus.ts";
import { temporaryFolder } from "./testing/faultline.ts";

// A fault on a link met nothing unless something went over that link: counted at the real proxy.

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

describe("a client that asks its proxy once and then goes where the answer sends it", () => {
  test.each([
    ["partition", `partition("web->broker")`, {}],
    ["latency 50 ms on", `latency("web->broker", { latency: milliseconds(50) })`, {}],
  ])("%s of that link met nothing, and the run cannot tell (%s, %o)", async (title, fault, environment) => {
    const { verdict, reasons } = await ran(folder.path, fault, environment);
    expect(verdict).toBe("inconclusive");
    expect(reasons).toEqual([`${title} web->broker: nothing went through that link while it acted`]);
  });
});

describe("a client that stays with its proxy", () => {
  test.each([
    [`partition("web->broker")`, {}],
    [`partition("web->broker", { direction: "replies" })`, {}],
    [`refuse("web->broker")`, { BREAKER: "on" }],
    [`reset("web->broker")`, { BREAKER: "on" }],
    [`latency("web->broker", { latency: milliseconds(50) })`, {}],
    [`partition("clients->web")`, {}],
  ])("%s %o met traffic, and the run is judged", async (fault, environment) => {
    const { reasons, traffic } = await ran(folder.path, fault, { FOLLOWS: "off", ...environment });
    expect(reasons).toEqual([]);
    expect(traffic).toMatchObject({ before: { requestBytes: expect.any(Number) } });
  });
});
