import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { FinalState } from "../model/check.ts";
import { readState, readStoredState } from "./final-state.ts";
import { BadAudit } from "./final-state-problems.ts";
import { anyState, mistypings } from "./testing/any-state.ts";

const bounds = { keyspaces: { keys: 10, carts: 3 }, operations: 100 };
const nothing = { registers: [], items: [] };

/** Where it is wrong → what is said of it. */
function problemsOf(given: unknown): Record<string, string> {
  const read = readState(given, bounds);
  if (!("problems" in read)) return {};
  return Object.fromEntries(read.problems.map(({ where, message, remedy }) => [where, `${message}. ${remedy}`]));
}

function stateOf(given: unknown): FinalState {
  const read = readState(given, bounds);
  if ("problems" in read) throw new BadAudit(read.problems);
  return read.state;
}

describe("text in place of a number", () => {
  it("is refused with the column, what was given, and the cast", () => {
    const registers = [0, 1, 2, 3].map((key) => ({ key, version: key === 3 ? "17" : 17, value: null }));
    expect(problemsOf({ registers, items: [{ id: 1, count: "1" }] })).toEqual({
      "registers[3].version": expect.stringMatching(/the text "17".*version::int.*Number\(row\.version\)/),
      "items[0].count": expect.stringMatching(/the text "1".*count::int.*Number\(row\.count\)/),
    });
  });

  it("is accepted nowhere", () => {
    const rows = {
      registers: { keyspace: "keys", key: "1", version: "1", value: "1" },
      items: { id: "1", count: "1" },
      cache: { key: "1", cached: "1", row: "1", isMoving: "true" },
      index: { key: "1", version: "1" },
      jobs: { id: "1", state: "completed", effects: "1", attempts: "1", attemptsAllowed: "1", letters: "1" },
      conserved: { name: "stock", expected: "1", actual: "1" },
    };
    for (const [part, row] of Object.entries(rows)) {
      const isText = (field: string): boolean => !["keyspace", "state", "name"].includes(field);
      const expected = Object.keys(row).filter(isText);
      const found = Object.keys(problemsOf({ ...nothing, [part]: [row] }));
      expect(found.toSorted()).toEqual(expected.map((field) => `${part}[0].${field}`).toSorted());
    }
  });
});

test.each([
  ["NaN", Number.NaN, /NaN/],
  ["a negative key", -1, /Count keys from 0/],
  ["half a key", 1.5, /is 1\.5/],
  ["null", null, /is null/],
  ["undefined", undefined, /Select the column/],
  ["a bigint", 3n, /the bigint 3.*Number\(row\.key\)/],
  ["a promise", Promise.resolve(3), /a promise.*await/],
  ["a list", [3], /a list of 1/],
  ["a Date", new Date(), /a Date/],
  ["infinity", Number.POSITIVE_INFINITY, /Infinity/],
])("%s is refused as a key, and as a version", (_, key, said) => {
  expect(problemsOf({ ...nothing, registers: [{ key, value: null }] })).toEqual({
    "registers[0].key": expect.stringMatching(said),
  });
  if (key === -1 || key === 1.5) return;
  const [where] = Object.keys(problemsOf({ ...nothing, registers: [{ key: 1, version: key, value: null }] }));
  expect(where).toBe("registers[0].version");
});

it("refuses a version whose neighbours are the same number", () => {
  const registers = [{ key: 1, version: 2 ** 53, value: null }];
  expect(problemsOf({ ...nothing, registers })["registers[0].version"]).toContain("2^53");
  expect(problemsOf({ ...nothing, registers: [{ key: 1, version: -2.5, value: null }] })).toEqual({});
});

it("knows a misspelt field, and says once what was meant", () => {
  expect(problemsOf({ ...nothing, registers: [{ key: 1, verison: 2, value: null }] })).toEqual({
    "registers[0].verison": 'is unknown. Did you mean "version"?',
  });
  expect(problemsOf({ ...nothing, registers: [{ kye: 1, value: null }] })).toEqual({
    "registers[0].kye": 'is unknown. Did you mean "key"?',
  });
  expect(problemsOf({ registers: [], itmes: [] })).toEqual({ itmes: 'is unknown. Did you mean "items"?' });
});

test.each([
  ["nothing", undefined, "read", /returned undefined/],
  ["a promise", { ...nothing, registers: Promise.resolve([]) }, "registers", /a promise.*await/],
  ["a result of pg", { ...nothing, items: { rows: [], rowCount: 0 } }, "items", /result\.rows/],
  ["a Map", { ...nothing, cache: new Map() }, "cache", /a Map.*\[\.\.\.cache\]/],
  ["null for a part", { ...nothing, jobs: null }, "jobs", /leave the field out/],
  ["undefined for a part", { ...nothing, index: undefined }, "index", /leave the field out/],
  ["a row that is none", { ...nothing, items: [7] }, "items[0]", /one object for each row/],
  ["no registers", { items: [] }, "registers", /missing/],
])("refuses %s", (_, given, where, said) => {
  expect(problemsOf(given)).toEqual({ [where]: expect.stringMatching(said) });
});

describe("what stands twice", () => {
  it("adds up rows of one item, and effects of one job in one state", () => {
    const items = [7, 7, 8].map((id) => ({ id, count: 1 }));
    const done = { id: 7, state: "completed", effects: 1 };
    const jobs = [done, { ...done, attempts: 2 }, { ...done, state: "dead" }];
    const state = stateOf({ ...nothing, items, jobs });
    expect(state.items).toEqual([
      { id: 7, count: 2 },
      { id: 8, count: 1 },
    ]);
    expect(state.jobs).toEqual([
      { id: 7, state: "completed", effects: 2, attempts: 2 },
      { id: 7, state: "dead", effects: 1 },
    ]);
  });

  it("refuses a register, a sum, and a job that was tried as often and not as often", () => {
    const register = { key: 4, version: 1, value: null };
    const registers = [register, { ...register, keyspace: "carts", key: 2 }, { ...register, keyspace: "keys" }];
    const sum = { name: "stock", expected: 1, actual: 1 };
    const dead = { id: 1, state: "dead", effects: 0 };
    const found = problemsOf({
      ...nothing,
      registers,
      conserved: [sum, { ...sum, actual: 2 }],
      jobs: [
        { ...dead, attempts: 1 },
        { ...dead, attempts: 2 },
      ],
    });
    expect(found).toEqual({
      "registers[2]": expect.stringMatching(/key 4 of keyspace "keys", as registers\[0\] does/),
      "conserved[1]": expect.stringMatching(/"stock", as conserved\[0\] does/),
      "jobs[1].attempts": expect.stringMatching(/is 2, and jobs\[0\] has 1/),
    });
  });

  it("takes an item that is there zero times for one that is not there", () => {
    expect(stateOf({ ...nothing, items: [{ id: 1, count: 0 }] }).items).toEqual([]);
  });

  it("keeps each document, and each copy in a cache", () => {
    const index = [1, 1].map((key) => ({ key, version: 2 }));
    const cache = [1, 2].map((cached) => ({ key: 1, cached, row: 2 }));
    expect(stateOf({ ...nothing, index, cache })).toMatchObject({ index, cache });
  });
});

it("refuses what cannot be of this plan", () => {
  const found = problemsOf({
    registers: [
      { key: 10, value: null },
      { keyspace: "cart", key: 1, value: null },
      { keyspace: "carts", key: 3, value: null },
    ],
    items: [{ id: 100, count: 1 }],
    cache: [{ key: 10, cached: 1, row: 1 }],
    index: [{ keyspace: "toString", key: 1, version: 1 }],
    jobs: [{ id: 4711, state: "done", effects: 1 }],
  });
  expect(found).toEqual({
    "registers[0].key": expect.stringMatching(/is 10, outside the keyspace "keys", whose keys are 0 to 9/),
    "registers[1].keyspace": expect.stringMatching(/is "cart", a keyspace that no operation.*Did you mean "carts"/),
    "registers[2].key": expect.stringMatching(/0 to 2/),
    "items[0].id": expect.stringMatching(/is 100, beyond the plan, whose ids are 0 to 99/),
    "cache[0].key": expect.stringMatching(/is 10/),
    "index[0].keyspace": expect.stringMatching(/is "toString"/),
    "jobs[0].state": expect.stringMatching(/the text "done", and must be "completed", "dead" or "pending"/),
  });
});

it("shows one problem of a kind and counts the others, so that no kind hides another one", () => {
  const registers = Array.from({ length: 25 }, (_, key) => ({ key: String(key), value: null }));
  const read = readState({ registers, itms: [], items: [{ id: 1, cuont: 1 }] }, bounds);
  const { message, problems } = new BadAudit("problems" in read ? read.problems : []);
  expect(problems).toHaveLength(27);
  expect(message).toContain('registers[0].key (and 24 more like it) is the text "0"');
  expect(message).not.toContain("registers[1].key");
  expect(message).toContain("items[0].cuont is unknown");
  expect(message).toContain("itms is unknown");
  expect(message).toMatch(/\. \[BAD_FINAL_STATE\]$/);
});

it("reads what an earlier version stored: unknown fields go, unknown states stay, wrong types are refused as ever", () => {
  const jobs = [{ id: 1, state: "done", effects: 1, colour: "red" }];
  expect(readStoredState({ ...nothing, jobs, note: "mine" })).toEqual({
    state: { ...nothing, jobs: [{ id: 1, state: "done", effects: 1 }] },
  });
  expect(readStoredState({ registers: [{ key: 1, version: null, value: null }], items: [] })).toHaveProperty(
    "problems",
  );
});

/** `npm run test:deep` asks for more. */
const histories = Number(process.env["FAULTLINE_HISTORIES"] ?? 3000);
const limitMs = 600_000;

test(
  `whatever is accepted is of the type, and any wrong type is refused at its place, in ${histories} states`,
  () => {
    fc.assert(
      fc.property(anyState, mistypings, (state, mistyping) => {
        expect(readState(state, bounds)).not.toHaveProperty("problems");
        const { given, where } = mistyping(state) ?? {};
        if (where === undefined) return;
        expect(Object.keys(problemsOf(given))).toEqual([where]);
        const stored = readStoredState(given);
        if (!where.endsWith(".state")) expect(stored).toMatchObject({ problems: [{ where }] });
      }),
      { numRuns: histories },
    );
  },
  limitMs,
);
