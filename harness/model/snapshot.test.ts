import { expect, test } from "vitest";
import { differencesOf } from "./snapshot.ts";

const before = { cache: { maxmemory: "0", role: "master" }, db: { "index a": "CREATE INDEX a" } };

test("what is as it was says nothing, and neither does what is dead or new", () => {
  expect(differencesOf(before, before)).toEqual([]);
  expect(differencesOf(before, { cache: before.cache, other: { x: "1" } })).toEqual([]);
  expect(differencesOf(before, { ...before, cache: { ...before.cache, added: "1" } })).toEqual([]);
});

test("what is otherwise, or gone, is told with what it was and is", () => {
  const after = { cache: { maxmemory: "1", role: "master" }, db: {} };
  expect(differencesOf(before, after)).toEqual([
    'cache: maxmemory was "0", and after everything was healed it is "1"',
    'db: index a was "CREATE INDEX a", and after everything was healed it is gone',
  ]);
});
