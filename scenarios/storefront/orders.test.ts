import { expect, it } from "vitest";
import { itemsOf, jobsOf, type OrderRow } from "./orders.ts";

const order = (id: number, rest: Partial<OrderRow> = {}): OrderRow => ({
  key: `ab12-${id}`,
  status: "fulfilled",
  effects: 1,
  failures: null,
  letters: 0,
  attempts: null,
  ...rest,
});

it("tells of each order what became of it", () => {
  const orders = [
    order(1),
    order(2, { status: "pending", effects: 0 }),
    order(3, { status: "dead", effects: 0, failures: 1, letters: 1 }),
  ];
  expect(jobsOf(orders)).toEqual([
    { id: 1, state: "completed", effects: 1 },
    { id: 2, state: "pending", effects: 0 },
    { id: 3, state: "dead", effects: 0, letters: 1, attempts: 1, attemptsAllowed: 40 },
  ]);
});

it("counts the effects of an order that was taken twice together", () => {
  const orders = [order(1), order(1), order(2)];
  expect(jobsOf(orders)).toEqual([
    { id: 1, state: "completed", effects: 2 },
    { id: 2, state: "completed", effects: 1 },
  ]);
  expect(itemsOf(orders)).toEqual([
    { id: 1, count: 2 },
    { id: 2, count: 1 },
  ]);
});

it("lists an order twice that is fulfilled and has a dead letter, and not at all one that is dead without", () => {
  expect(jobsOf([order(1, { failures: 2 })]).map(({ state }) => state)).toEqual(["completed", "dead"]);
  expect(jobsOf([order(1, { status: "dead" })])).toEqual([]);
});

it("counts the letters of an order that was buried twice", () => {
  const orders = [order(1, { status: "dead", effects: 0, failures: 1, letters: 2 })];
  expect(jobsOf(orders)).toEqual([{ id: 1, state: "dead", effects: 0, letters: 2, attempts: 1, attemptsAllowed: 40 }]);
});

it("shows how often the job of an order that was sold was tried: the most, where there are two", () => {
  const orders = [order(1, { attempts: 1 }), order(2, { attempts: 1 }), order(2, { attempts: 3 })];
  expect(jobsOf(orders).map(({ attempts }) => attempts)).toEqual([1, 3]);
});

it("does not tell how often a job was tried whose history is cut off", () => {
  expect(jobsOf([order(1, { status: "dead", failures: 10, letters: 1 })])).toEqual([
    { id: 1, state: "dead", effects: 1, letters: 1 },
  ]);
});

it("leaves out what no operation asked for", () => {
  expect(jobsOf([order(0, { key: "somebody-else" })])).toEqual([]);
  expect(itemsOf([order(0, { key: "somebody-else" })])).toEqual([]);
});
