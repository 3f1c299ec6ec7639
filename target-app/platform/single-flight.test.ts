import { expect, it } from "vitest";
import { SingleFlight } from "./single-flight.ts";

it("lets callers at the same time share one answer, and the next one ask anew", async () => {
  const flights = new SingleFlight<string, number>();
  let asked = 0;
  const ask = async () => ++asked;
  expect(await Promise.all([flights.run("a", ask), flights.run("a", ask)])).toEqual([1, 1]);
  expect(await flights.run("a", ask)).toBe(2);
});

it("shares a failure, and does not keep it", async () => {
  const flights = new SingleFlight<string, number>();
  const fail = () => Promise.reject(new Error("away"));
  const both = await Promise.allSettled([flights.run("a", fail), flights.run("a", fail)]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await flights.run("a", async () => 1)).toBe(1);
});

it("gives nobody an answer that was under way before it was told to forget", async () => {
  const flights = new SingleFlight<string, number>();
  const early = Promise.withResolvers<number>();
  const late = Promise.withResolvers<number>();
  const before = flights.run("a", () => early.promise);
  flights.forget("a");
  const after = flights.run("a", () => late.promise);
  early.resolve(1);
  expect(await before).toBe(1);
  // The end of the forgotten flight must not end the one that replaced it.
  const joined = flights.run("a", async () => 3);
  late.resolve(2);
  expect(await Promise.all([after, joined])).toEqual([2, 2]);
});
