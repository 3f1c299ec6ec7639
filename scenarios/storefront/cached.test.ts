import { expect, it } from "vitest";
import { readCached } from "./cached.ts";

const still = (rows: readonly [number, number][], entries: readonly [number, string][]) =>
  readCached({ rows: async () => new Map(rows), entries: async () => new Map(entries) });
const product = (version: number) => `${version}:${JSON.stringify({ version, product: { id: 1 } })}`;
const absence = (version: number) => `${version}:${JSON.stringify({ version, product: null })}`;

it("tells the version of an entry by what it holds, not by its rank; a tombstone is no entry", async () => {
  const entries = await still(
    [
      [1, 4],
      [2, 4],
      [3, 4],
      [4, 4],
    ],
    [
      [1, product(4)],
      [2, "4:"],
      [3, `1763889000000:${JSON.stringify({ version: 3, product: { id: 3 } })}`],
    ],
  );
  expect(entries).toEqual([
    { key: 0, cached: 4, row: 4 },
    { key: 1, cached: null, row: 4 },
    { key: 2, cached: 3, row: 4 },
    { key: 3, cached: null, row: 4 },
  ]);
});

it("takes a cached absence for right only where there is no row", async () => {
  const entries = await still(
    [
      [1, 4],
      [3, 5],
    ],
    [
      [1, absence(0)],
      [2, absence(0)],
      [3, absence(5)],
    ],
  );
  expect(entries).toEqual([
    { key: 0, cached: 0, row: 4 },
    { key: 1, cached: null, row: null },
    { key: 2, cached: 5, row: 5 },
  ]);
});

it("finds an entry without a row, and one that is no entry at all", async () => {
  const entries = await still(
    [[1, 4]],
    [
      [1, "4:{"],
      [9, product(2)],
    ],
  );
  expect(entries).toEqual([
    { key: 0, cached: 0, row: 4 },
    { key: 8, cached: 2, row: null },
  ]);
});

it("reads a row again that moved meanwhile, and says so when it never holds still", async () => {
  let looks = 0;
  const entries = await readCached({
    // The first holds still, the second after its first change, the third never.
    rows: async () => {
      looks += 1;
      return new Map([
        [1, 4],
        [2, Math.min(looks, 2)],
        [3, looks],
      ]);
    },
    entries: async () => new Map([[2, product(2)]]),
  });
  expect(entries).toEqual([
    { key: 0, cached: null, row: 4 },
    { key: 1, cached: 2, row: 2 },
    { key: 2, cached: null, row: null, isMoving: true },
  ]);
});
