import fc from "fast-check";
import { expect, test } from "vitest";
import type { Planned } from "./planned.ts";
import { shardFrom, shardOf, shareOf } from "./shard.ts";

test("every scenario falls to exactly one shard, in whatever order they were found", () => {
  const scenarios = fc.uniqueArray(fc.string(), { maxLength: 30 });
  fc.assert(
    fc.property(scenarios, fc.integer({ min: 1, max: 8 }), fc.nat(), (ids, of, turn) => {
      const shares = Array.from({ length: of }, (_, index) => shareOf(ids, (id) => id, { index: index + 1, of }));
      expect(shares.flat().toSorted()).toEqual(ids.toSorted());
      const turned = [...ids.slice(turn % (ids.length + 1)), ...ids.slice(0, turn % (ids.length + 1))];
      expect(shareOf(turned, (id) => id, { index: 1, of })).toEqual(shares[0]);
      const sizes = shares.map((share) => share.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test("machines that differ in what they can run still have each scenario once between them", () => {
  const scenarios = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(scenarios, fc.array(fc.nat(), { minLength: 3, maxLength: 3 }), (ids, lacks) => {
      const shares = lacks.map((lack, index) => {
        const isLacking = (place: number): boolean => ((lack >> place) & 1) === 1;
        const planned = ids.filter((_, place) => !isLacking(place)).map((id) => ({ id }) as Planned);
        const skipped = ids.filter((_, place) => isLacking(place)).map((scenario) => ({ scenario, why: [] }));
        return shardOf({ planned, skipped }, { index: index + 1, of: 3 });
      });
      const dealt = shares.flatMap((share) => [
        ...share.planned.map(({ id }) => id),
        ...share.skipped.map(({ scenario }) => scenario),
      ]);
      expect(dealt.toSorted()).toEqual(ids.toSorted());
    }),
  );
});

test("a shard is one of several", () => {
  expect(shardFrom("2/3")).toEqual({ index: 2, of: 3 });
  for (const wrong of ["0/3", "4/3", "x", "1", "1/", "-1/3", "1/3/5", "1.5/3", "1/100000"]) {
    expect(() => shardFrom(wrong), wrong).toThrow(/BAD_SHARD[\s\S]*--shard 1\/3/);
  }
});
