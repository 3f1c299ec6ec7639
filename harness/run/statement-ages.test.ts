import { describe, expect, it } from "vitest";
import type { RunEvent } from "../model/events.ts";
import { type Statement, StatementAges } from "./statement-ages.ts";

const statement = (id: string, ageMs: number, rest: Partial<Statement> = {}): Statement => ({
  id,
  ageMs,
  state: "active",
  text: "SELECT 1",
  waitsFor: null,
  ...rest,
});

/** @param looks when, and at what the server was at work */
function agesOf(looks: readonly (readonly [number, readonly Statement[]])[], endMs?: number): readonly number[] {
  const events: RunEvent[] = [];
  const ages = new StatementAges("db", 0, (event) => events.push(event));
  for (const [atMs, statements] of looks) ages.look(atMs, statements);
  if (endMs !== undefined) ages.end(endMs);
  return events.flatMap((event) => (event.type === "statement" ? [event.forMs] : []));
}

describe("how long statements are at work", () => {
  it("emits one that lasts whenever it has lasted half as long again, and what it came to when it is over", () => {
    const looks = Array.from({ length: 9 }, (_, at): [number, Statement[]] => [
      500 * (at + 1),
      [statement("a", 500 * at + 400)],
    ]);
    expect(agesOf([...looks, [5000, []]])).toStrictEqual([1400, 2400, 3900, 4400]);
  });

  it("says nothing of those that are over within a second, however many there are", () => {
    const looks = Array.from({ length: 9 }, (_, at): [number, Statement[]] => [
      500 * (at + 1),
      [statement(`s${at}`, 900)],
    ]);
    expect(agesOf([...looks, [5000, []]], 5500)).toStrictEqual([]);
  });

  it("notes at the end what is still at work", () => {
    expect(
      agesOf(
        [
          [500, [statement("a", 400)]],
          [1000, [statement("a", 900)]],
          [1450, [statement("a", 1350)]],
        ],
        1500,
      ),
    ).toStrictEqual([1350]);
  });

  it("does not count the time in which the server stood still", () => {
    const frozen: [number, Statement[]][] = [
      [500, [statement("a", 200)]],
      [13_000, [statement("a", 12_700)]],
      [13_500, []],
    ];
    expect(agesOf(frozen)).toStrictEqual([1200]);
  });

  it("does not believe a server that is older than what was seen", () => {
    expect(
      agesOf([
        [500, [statement("a", 60_000)]],
        [1000, []],
      ]),
    ).toStrictEqual([]);
  });

  it("keeps two statements of one session apart", () => {
    expect(
      agesOf([
        [800, [statement("7 100", 700)]],
        [1600, [statement("7 900", 700)]],
        [2400, []],
      ]),
    ).toStrictEqual([]);
  });
});

it("emits its state, what it waits for and its beginning on one line", () => {
  const events: RunEvent[] = [];
  const ages = new StatementAges("db", 0, (event) => events.push(event));
  const long = statement("a", 3000, { text: `UPDATE x\n  SET y = ${"1".repeat(300)}`, waitsFor: "Lock relation" });
  for (const atMs of [800, 1600]) ages.look(atMs, [long]);
  expect(events).toMatchObject([
    { type: "statement", instance: "db", forMs: 1600, state: "active", waitsFor: "Lock relation" },
  ]);
  const [{ text }] = events as unknown as readonly [{ readonly text: string }];
  expect([text.slice(0, 18), text.length]).toStrictEqual(["UPDATE x SET y = 1", 100]);
});
