import { expect, test } from "vitest";
import type { FinalState } from "../model/check.ts";
import type { RunningSystem } from "../model/environment.ts";
import type { Audit, AuditContext } from "../model/scenario.ts";
import { readAtRest } from "../schema/audit-answers.ts";
import { remains } from "../testing/remains.ts";
import { readFinalState } from "./audit.ts";
import { readGauges } from "./gauges.ts";

const context: AuditContext = {
  addresses: {},
  kinds: {},
  keyspaces: { keys: 10 },
  runToken: "ab12",
  signal: new AbortController().signal,
};
/** An audit that answers with what its types would not let it. */
const answering = (answers: { read?: unknown; gauges?: unknown }): Audit => ({
  atRest: () => Promise.resolve(true),
  read: () => Promise.resolve(answers.read as FinalState),
  gauges: () => Promise.resolve(answers.gauges as Record<string, number>),
});
const nothing = { registers: [], items: [] };

test("a final state is read as its schema has it", async () => {
  const items = [7, 7].map((id) => ({ id, count: 1 }));
  const read = readFinalState(answering({ read: { ...nothing, items } }), context, 10);
  expect(await read).toEqual({ registers: [], items: [{ id: 7, count: 2 }] });
});

test("what does not fit is refused at once, all of it, with its code", async () => {
  const registers = [{ key: 10, version: 1, value: null }];
  const given = {
    registers,
    items: [
      { id: 3, count: "1" },
      { id: 10, count: 1 },
    ],
  };
  const read = readFinalState(answering({ read: given }), context, 10);
  await expect(read).rejects.toThrow(/registers\[0\]\.key is 10/);
  await expect(read).rejects.toThrow(/items\[0\]\.count is the text "1".*items\[1\]\.id is 10.*\[BAD_FINAL_STATE\]$/);
  await expect(readFinalState(answering({}), context, 10)).rejects.toThrow(/read returned undefined/);
});

test("a promise that was not awaited is reported, and harms nothing when it rejects", async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on("unhandledRejection", note);
  const given = { ...nothing, items: Promise.reject(new Error("no light")) };
  await expect(readFinalState(answering({ read: given }), context, 10)).rejects.toThrow(/items is a promise.*await/);
  await remains(() => expect(unhandled).toEqual([]), { looks: 3 });
  process.off("unhandledRejection", note);
});

test.each([
  ["3 that wait", 3, /returned 3, and must return true or false.*=== 0/],
  ["none that wait", 0, /returned 0/],
  ["text", "0", /the text "0"/],
  ["null", null, /returned null/],
  ["an object", { rows: [] }, /an object with rows/],
  ["nothing", undefined, /atRest returned undefined/],
])("rest is neither taken for reached nor for missed by %s", (_, atRest, said) => {
  expect(() => readAtRest(atRest)).toThrow(said);
  expect(() => readAtRest(atRest)).toThrow("[BAD_AT_REST]");
});

const system = { gauges: () => Promise.resolve({ connections: 4 }) } as unknown as RunningSystem;
const gaugesWith = (gauges: unknown) =>
  readGauges("rest", { system, audit: answering({ gauges }), context, now: () => 5 });

test("gauges are finite numbers by name, beside those of the environment", async () => {
  const values = { connections: 4, queued: 0 };
  expect(await gaugesWith({ queued: 0 })).toEqual({ atMs: 5, type: "gauges", when: "rest", values });
});

test.each([
  ["text", { queued: "3", open: 1 }, /gauges\["queued"\] is the text "3".*count\(\*\)::int.*\[BAD_GAUGES\]/],
  ["NaN", { queued: Number.NaN }, /gauges\["queued"\] is NaN/],
  ["a promise", { queued: Promise.resolve(3) }, /is a promise.*await/],
  ["nothing", undefined, /gauges returned undefined/],
  ["a list", [3], /gauges returned a list of 1/],
])("gauges that are %s are not compared with anything", async (_, gauges, said) => {
  expect(await gaugesWith(gauges)).toMatchObject({ type: "note", text: expect.stringMatching(said) });
});
