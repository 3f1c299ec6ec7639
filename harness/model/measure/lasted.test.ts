import { expect, test } from "vitest";
import type { Receipt } from "../fault.ts";
import { lastedMs, lastingOf } from "./lasted.ts";

const injection = { id: "i1", acts: ["a", "b"], lastingMs: 3000 };
const receipt = (on: string, healProvenMs?: number): Receipt => ({
  injection: "i1",
  on,
  requestedMs: 1000,
  provenMs: 1100,
  healRequestedMs: 4000,
  before: {},
  ...(healProvenMs === undefined ? {} : { healProvenMs }),
});

test.each<[string, readonly Receipt[], string]>([
  ["as planned", [receipt("a", 4020), receipt("b", 4250)], "for 3 s"],
  ["longer on one of its places", [receipt("a", 4020), receipt("b", 7063)], "for 6.06 s (planned: 3 s)"],
  ["shorter, as when it was interrupted", [receipt("a", 2500), receipt("b", 2400)], "for 1.5 s (planned: 3 s)"],
  ["on one place for an unknown time", [receipt("a", 7000), receipt("b")], "for 3 s"],
  ["on one place of which there is no receipt", [receipt("a", 7000)], "for 3 s"],
  ["on one place, of which there are two receipts", [receipt("a", 7000), receipt("a", 7000)], "for 3 s"],
  ["another one", [{ ...receipt("a", 9000), injection: "i2" }], "for 3 s"],
])("it lasted %s", (_, receipts, words) => {
  expect(lastingOf(injection, receipts)).toBe(words);
});

test("from the request to the proof that it had ended", () => {
  expect(lastedMs(injection, [receipt("a", 4020), receipt("b", 4250)])).toBe(3250);
  expect(lastedMs(injection, [])).toBeUndefined();
});
